# METADATA
# title: Tool calls of the support desk
# description: Queries only read, and stay with tables of the desk; mail stays in the house.
package regent.custom.calls

readable_tables := {"tickets", "customers"}

house := "@example.com"

recipients_a_day := 50

# METADATA
# title: Queries only read
deny contains {"rule": "query-writes", "msg": "only SELECT statements are run for agents"} if {
	input.tool == "run_query"
	not is_select
}

default is_select := false

is_select if {
	startswith(lower(trim_space(input.arguments.sql)), "select ")
	not contains(input.arguments.sql, ";")
}

# METADATA
# title: Queries stay with tables of the desk
# description: Every table must be named in the call's own list, and each of them be readable.
deny contains {"rule": "query-tables", "msg": concat("", ["readable tables are ", readable])} if {
	input.tool == "run_query"
	not names_readable_tables
	readable := concat(", ", sort([table | some table in readable_tables]))
}

default names_readable_tables := false

names_readable_tables if {
	count(input.arguments.tables) > 0
	every table in input.arguments.tables { table in readable_tables }
}

# METADATA
# title: Mail has recipients
deny contains {"rule": "mail-recipients", "msg": "say to whom, as a list of addresses"} if {
	input.tool == "send_email"
	not has_recipients
}

default has_recipients := false

has_recipients if {
	is_array(input.arguments.to)
	count(input.arguments.to) > 0
}

# METADATA
# title: Mail out of the house needs a human
require_approval contains {"rule": "mail-leaves", "msg": "this mail leaves the house", "timeout": "15m"} if {
	input.tool == "send_email"
	has_recipients
	not stays_in_the_house
}

default stays_in_the_house := false

stays_in_the_house if {
	every address in input.arguments.to { endswith(address, house) }
}

# METADATA
# title: No more than 50 recipients a day
deny contains {"rule": "mail-volume", "msg": "this agent has written to 50 recipients today"} if {
	input.tool == "send_email"
	has_recipients
	input.state.counters["custom/recipients"] + count(input.arguments.to) > recipients_a_day
}

charges contains {"counter": "recipients", "amount": count(input.arguments.to)} if {
	input.tool == "send_email"
	has_recipients
}
