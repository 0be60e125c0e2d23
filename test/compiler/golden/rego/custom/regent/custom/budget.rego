# METADATA
# title: Budget of rows
package regent.custom.budget

daily_rows := 1000

default asks_for_rows := false

asks_for_rows if {
	is_number(input.arguments.limit)
	input.arguments.limit >= 0
}

# METADATA
# title: Every query says how much it reads
deny contains {"rule": "limit-missing", "msg": "say how many rows you need, in limit"} if not asks_for_rows

# METADATA
# title: No more rows than the budget
# description: Counts what is asked for, whatever comes back.
deny contains {"rule": "rows", "msg": "the rows of the day are used up"} if {
	input.state.counters["custom/rows"] + input.arguments.limit > daily_rows
}

charges contains {"counter": "rows", "amount": input.arguments.limit} if asks_for_rows
