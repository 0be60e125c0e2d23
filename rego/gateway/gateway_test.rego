package regent.gateway_test

import data.regent.gateway

call := {
	"version": 1,
	"server": "main",
	"agent": {"id": "bot", "claims": {}},
	"tool": "pay",
	"approval": null,
}

plain := {"registered": true, "default_allow": false, "hidden": false, "permitted": true, "covering": "", "passes": []}

failed(rule, order) := {"rule": rule, "order": order, "reason": "no", "source": "p.yaml:1:1"}

asked(rule, order, required) := object.union(failed(rule, order), {"timeout_ms": order * 1000, "required": required})

told(rule) := object.remove(failed(rule, 0), ["order"])

test_outcome[note] if {
	some note, tc in {
		"listed tool": {"tool": {}, "server": {}, "outcome": "allow", "rule": null},
		"failed rule": {
			"tool": {"deny": {failed("pay/b", 1), failed("pay/c", 2)}},
			"server": {"deny": {failed("*/a", 0)}},
			"outcome": "deny",
			"rule": "pay/b",
		},
		"failed rule of all tools": {
			"tool": {"approve": {asked("pay/a", 0, 1)}},
			"server": {"deny": {failed("*/a", 0)}},
			"outcome": "deny",
			"rule": "*/a",
		},
		"rule that asks": {
			"tool": {"approve": {asked("pay/b", 4, 1), asked("pay/a", 3, 1)}},
			"server": {"approve": {asked("*/a", 0, 1)}},
			"outcome": "require_approval",
			"rule": "pay/a",
		},
		"hidden": {"tool": {}, "server": {"hidden": true, "permitted": false}, "outcome": "deny", "rule": "hidden"},
		"not permitted": {
			"tool": {"deny": {failed("pay/a", 0)}},
			"server": {"permitted": false},
			"outcome": "deny",
			"rule": "agent-not-permitted",
		},
	}
	made := gateway.decision with input as call
		with data.regent.tools.main.pay as object.union({"registered": true}, tc.tool)
		with data.regent.servers.main as object.union(plain, tc.server)
	made.outcome == tc.outcome
	made.rule == tc.rule
}

test_uncovered_tool_is_denied if {
	made := gateway.decision with input as call with data.regent.servers.main as plain
	made.rule == "default-deny"
	made.violations == [{"rule": "default-deny", "reason": made.reason, "source": ""}]
}

test_default_allow_covers_every_tool if {
	made := gateway.decision with input as call
		with data.regent.servers.main as object.union(plain, {"default_allow": true})
	made.outcome == "allow"
	made.charges == []
}

test_unknown_server_is_denied if {
	made := gateway.decision with input as object.union(call, {"server": "other"})
		with data.regent.servers.main as plain
	made.rule == "server-unknown"
}

test_no_input_is_denied if {
	made := gateway.decision with data.regent.servers.main as plain
	made.outcome == "deny"
}

test_glob_covers_what_no_name_does if {
	made := gateway.decision with input as call
		with data.regent.globs.main["p*"] as {"registered": true, "deny": {failed("p*/a", 0)}}
		with data.regent.servers.main as object.union(plain, {"covering": "p*"})
	made.rule == "p*/a"
}

test_exact_name_wins_over_the_glob if {
	made := gateway.decision with input as call
		with data.regent.tools.main.pay as {"registered": true}
		with data.regent.globs.main["p*"] as {"registered": true, "deny": {failed("p*/a", 0)}}
		with data.regent.servers.main as object.union(plain, {"covering": "p*"})
	made.outcome == "allow"
}

test_violations_list_all_that_failed if {
	made := gateway.decision with input as call
		with data.regent.tools.main.pay as {"registered": true, "deny": {failed("pay/a", 0)}}
		with data.regent.servers.main as object.union(plain, {"deny": {failed("*/a", 0)}})
	made.violations == [told("pay/a"), told("*/a")]
}

test_approval[note] if {
	some note, tc in {
		"nobody": {"approvers": [], "outcome": "require_approval", "rule": "pay/a"},
		"one": {"approvers": ["ann"], "outcome": "require_approval", "rule": "pay/b"},
		"one twice": {"approvers": ["ann", "ann"], "outcome": "require_approval", "rule": "pay/b"},
		"no names": {"approvers": [null, 1], "outcome": "require_approval", "rule": "pay/a"},
		"two": {"approvers": ["ann", "bob"], "outcome": "allow", "rule": null},
	}
	made := gateway.decision with input as object.union(call, {"approval": {"id": "x", "approvers": tc.approvers}})
		with data.regent.tools.main.pay as {
			"registered": true,
			"approve": {asked("pay/a", 5, 1), asked("pay/b", 7, 2)},
		}
		with data.regent.servers.main as plain
	made.outcome == tc.outcome
	made.rule == tc.rule
}

test_approval_tells_what_its_rule_is_called if {
	made := gateway.decision with input as call
		with data.regent.tools.main.pay as {"registered": true}
		with data.regent.servers.main as object.union(plain, {"approve": {object.union(
			asked("custom:a", 5, 1),
			{"title": "A", "description": "Because."},
		)}})
	[made.rule, made.title, made.description] == ["custom:a", "A", "Because."]
}

test_approval_takes_the_strictest_of_all if {
	made := gateway.decision with input as call
		with data.regent.tools.main.pay as {"registered": true, "approve": {asked("pay/a", 5, 1), asked("pay/b", 7, 2)}}
		with data.regent.servers.main as plain
	made.approval == {"timeout_ms": 5000, "required": 2}
}

test_shadow_is_told_and_decides_nothing if {
	made := gateway.decision with input as call
		with data.regent.tools.main.pay as {
			"registered": true,
			"shadow": {told("pay/a"), object.union(told("pay/b"), {"required": 1})},
		}
		with data.regent.servers.main as plain
	made.outcome == "allow"
	{verdict | some verdict in made.shadow} == {told("pay/a"), told("pay/b")}
}

test_shadow_hold_that_was_approved_is_not_told if {
	made := gateway.decision with input as object.union(call, {"approval": {"id": "x", "approvers": ["ann"]}})
		with data.regent.tools.main.pay as {
			"registered": true,
			"shadow": {object.union(told("pay/b"), {"required": 1})},
		}
		with data.regent.servers.main as plain
	not "shadow" in object.keys(made)
}

test_charges_of_one_counter_stay_apart if {
	charge := {"counter": "k", "amount": 1}
	made := gateway.decision with input as call
		with data.regent.tools.main.pay as {"registered": true, "charges": [charge, charge]}
		with data.regent.servers.main as object.union(plain, {"charges": [charge]})
	made.outcome == "allow"
	made.charges == [charge, charge, charge]
}

test_passes_decide_alone[note] if {
	charge := {"counter": "k", "amount": 1}
	some note, tc in {
		"entry": {"tools": {"pay": {"registered": true, "passes": [charge]}}, "globs": {}, "server": {}},
		"glob": {
			"tools": {},
			"globs": {"p*": {"registered": true, "passes": [charge]}},
			"server": {"covering": "p*", "passes": []},
		},
		"server": {
			"tools": {"pay": {"registered": true, "passes": []}},
			"globs": {},
			"server": {"passes": [charge]},
		},
		"default": {"tools": {}, "globs": {}, "server": {"default_allow": true, "passes": [charge]}},
	}
	made := gateway.decision with input as call
		with data.regent.tools.main as tc.tools
		with data.regent.globs.main as tc.globs
		with data.regent.servers.main as object.union(plain, tc.server)
	made.outcome == "allow"
	made.charges == [charge]
}

# Each of these lacks one of the two, so that what else is said of the call decides.
test_half_a_pass_is_none[note] if {
	some note, tc in {
		"the server does not let it pass": {
			"tools": {"pay": {"registered": true, "passes": []}},
			"server": {"registered": true, "hidden": true, "permitted": true, "covering": ""},
		},
		"the entry does not let it pass": {
			"tools": {"pay": {"registered": true, "deny": {failed("pay/a", 0)}}},
			"server": plain,
		},
		"the glob does not cover what has a name": {
			"tools": {"pay": {"registered": true, "deny": {failed("pay/a", 0)}}},
			"server": object.union(plain, {"covering": "p*"}),
		},
		"nothing covers it": {"tools": {}, "server": plain},
	}
	made := gateway.decision with input as call
		with data.regent.tools.main as tc.tools
		with data.regent.globs.main["p*"] as {"registered": true, "passes": []}
		with data.regent.servers.main as tc.server
	made.outcome == "deny"
}

# A verdict that lacks a member must not fall through to the allow at the end.
test_broken_verdicts_are_denied[note] if {
	some note, tool in {
		"denial": {"registered": true, "deny": {{"rule": "pay/a", "order": 0}}},
		"approval": {"registered": true, "approve": {{"rule": "pay/a", "order": 0, "required": 1}}},
	}
	made := gateway.decision with input as call
		with data.regent.tools.main.pay as tool
		with data.regent.servers.main as plain
	made.outcome == "deny"
}

test_listed[note] if {
	some note, tc in {
		"tool without rules": {"tool": {}, "server": {}, "expected": true},
		"tool that nothing makes allowed": {"tool": {"unlisted": true}, "server": {}, "expected": false},
		"all tools closed": {"tool": {}, "server": {"unlisted": true}, "expected": false},
		"hidden": {"tool": {}, "server": {"hidden": true}, "expected": false},
		"not permitted": {"tool": {}, "server": {"permitted": false}, "expected": false},
	}
	seen := gateway.listed with input as object.remove(call, ["approval"])
		with data.regent.tools.main.pay as object.union({"registered": true}, tc.tool)
		with data.regent.servers.main as object.union(plain, tc.server)
	seen == tc.expected
}

test_registered_names_the_tool_itself if {
	gateway.registered with input as call with data.regent.tools.main.pay as {"registered": true}
	not gateway.registered with input as object.union(call, {"tool": "p*"})
}
