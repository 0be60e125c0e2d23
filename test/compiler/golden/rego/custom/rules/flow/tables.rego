package regent.custom["data-flow"]

import data.regent.custom.budget

secret := {"payroll", "users"}

deny contains violation if {
	some table in input.arguments.tables
	table.name in secret
	violation := {"rule": "secret-table", "msg": concat("", [table.name, " is not for agents"]), "table": table.name}
}

deny contains {"rule": "unbounded", "msg": "exports are bounded too"} if {
	input.tool == "export"
	not budget.asks_for_rows
}
