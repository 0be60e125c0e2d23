package regent.custom.calls_test

import data.regent.custom.calls

call(tool, args) := {"tool": tool, "arguments": args, "state": {"counters": {"custom/recipients": 49}}}

denied(tool, args) := {denial.rule | some denial in denials} if {
	denials := calls.deny with input as call(tool, args)
}

test_queries[note] if {
	some note, tc in {
		"plain": {"args": {"sql": "SELECT 1", "tables": ["tickets"]}, "denied": set()},
		"writes": {"args": {"sql": "DELETE FROM tickets", "tables": ["tickets"]}, "denied": {"query-writes"}},
		"two": {"args": {"sql": "select 1; drop table x", "tables": ["tickets"]}, "denied": {"query-writes"}},
		"foreign": {"args": {"sql": "select 1", "tables": ["tickets", "payroll"]}, "denied": {"query-tables"}},
		"silent": {"args": {"sql": "select 1"}, "denied": {"query-tables"}},
		"no text": {"args": {"sql": 5, "tables": ["tickets"]}, "denied": {"query-writes"}},
		"nothing": {"args": {}, "denied": {"query-writes", "query-tables"}},
	}
	denied("run_query", tc.args) == tc.denied
}

test_mail[note] if {
	some note, tc in {
		"in the house": {"to": ["ann@example.com"], "denied": set(), "held": 0},
		"out of it": {"to": ["ann@example.org"], "denied": set(), "held": 1},
		"too many": {"to": ["ann@example.com", "bob@example.com"], "denied": {"mail-volume"}, "held": 0},
		"a text": {"to": "ann@example.com", "denied": {"mail-recipients"}, "held": 0},
		"nobody": {"to": [], "denied": {"mail-recipients"}, "held": 0},
	}
	denied("send_email", {"to": tc.to}) == tc.denied
	held := calls.require_approval with input as call("send_email", {"to": tc.to})
	count(held) == tc.held
}

test_charge_is_the_number_of_recipients if {
	charges := calls.charges with input as call("send_email", {"to": ["a", "b"]})
	charges == {{"counter": "recipients", "amount": 2}}
}

test_other_tools_are_left_alone if denied("search_tickets", {}) == set()
