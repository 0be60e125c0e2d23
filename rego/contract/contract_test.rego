package regent.contract_test

import data.regent.contract

budget := {
	"package": "regent.custom.budget",
	"fallback": {"order": 9, "source": "budget.rego:1:1"},
	"rules": {"cap": {"order": 3, "source": "budget.rego:7:1", "title": "A cap"}},
}

broken(said) := {
	"order": 9,
	"rule": "custom-broken",
	"reason": concat(" ", ["the hand-written package regent.custom.budget", said]),
	"source": "budget.rego:1:1",
}

test_denial_tells_where_its_rule_stands if {
	contract.denial({"rule": "cap", "msg": "too much"}, budget) == {
		"order": 3,
		"rule": "custom:cap",
		"reason": "too much",
		"source": "budget.rego:7:1",
		"title": "A cap",
	}
}

test_denial_of_a_rule_without_a_place_stands_where_the_package_does if {
	contract.denial({"rule": "made up", "msg": "no", "more": 1}, budget) == {
		"order": 9,
		"rule": "custom:made up",
		"reason": "no",
		"source": "budget.rego:1:1",
	}
}

test_broken_denial_denies[note] if {
	some note, tc in {
		"text": {"member": "no", "said": "is no object"},
		"no rule": {"member": {"msg": "no"}, "said": "has no \"rule\" that is a text without a slash"},
		"empty rule": {"member": {"rule": "", "msg": "no"}, "said": "has no \"rule\" that is a text without a slash"},
		"slash": {"member": {"rule": "a/b", "msg": "no"}, "said": "has no \"rule\" that is a text without a slash"},
		"number": {"member": {"rule": 1, "msg": "no"}, "said": "has no \"rule\" that is a text without a slash"},
		"no msg": {"member": {"rule": "cap"}, "said": "has no \"msg\" that is a text"},
		"msg false": {"member": {"rule": "cap", "msg": false}, "said": "has no \"msg\" that is a text"},
	}
	contract.denial(tc.member, budget) == broken(concat(" ", ["gave a denial that", tc.said]))
}

test_approval_takes_half_an_hour_and_one_human if {
	made := contract.approval({"rule": "cap", "msg": "ask"}, budget)
	made.timeout_ms == 1800000
	made.required == 1
}

test_approval_durations[text] if {
	some text, expected in {"30m": 1800000, "500ms": 500, "1h30m": 5400000, "2d": 172800000, "1d2h3m4s5ms": 93784005}
	contract.approval({"rule": "cap", "msg": "ask", "timeout": text, "approvals": 2}, budget) == {
		"order": 3,
		"rule": "custom:cap",
		"reason": "ask",
		"source": "budget.rego:7:1",
		"title": "A cap",
		"timeout_ms": expected,
		"required": 2,
	}
}

test_broken_approval_denies[note] if {
	some note, tc in {
		"text": {"member": "no", "said": "is no object"},
		"no msg": {"member": {"rule": "cap"}, "said": "has no \"msg\" that is a text"},
		"slip": {"member": {"rule": "cap", "msg": "a", "aprovals": 2}, "said": "has a key that the contract does not have"},
		"word": {
			"member": {"rule": "cap", "msg": "a", "timeout": "soon"},
			"said": "has a \"timeout\" that is no duration such as \"30m\"",
		},
		"number": {
			"member": {"rule": "cap", "msg": "a", "timeout": 30},
			"said": "has a \"timeout\" that is no duration such as \"30m\"",
		},
		"empty": {
			"member": {"rule": "cap", "msg": "a", "timeout": ""},
			"said": "has a \"timeout\" that is no duration such as \"30m\"",
		},
		"nobody": {
			"member": {"rule": "cap", "msg": "a", "approvals": 0},
			"said": "has \"approvals\" that are no whole number of at least 1",
		},
		"half": {
			"member": {"rule": "cap", "msg": "a", "approvals": 1.5},
			"said": "has \"approvals\" that are no whole number of at least 1",
		},
		"null": {
			"member": {"rule": "cap", "msg": "a", "approvals": null},
			"said": "has \"approvals\" that are no whole number of at least 1",
		},
	}
	contract.broken_approval(tc.member, budget) == broken(concat(" ", ["gave a request for an approval that", tc.said]))
	not contract.approval(tc.member, budget)
}

counted := {"state": {"counters": {"custom/tokens": 40}}}

test_charge if {
	contract.charge({"counter": "tokens", "amount": 2}, {"tokens"}) == {
		"counter": "custom/tokens",
		"amount": 2,
	} with input as counted
}

test_broken_charge_denies[note] if {
	amount := "has an \"amount\" that is no whole number of at least 0"
	uncounted := "cannot be counted: this call does not say which counter it is, or the counter is full"
	some note, tc in {
		"text": {"member": "tokens", "said": "is no object"},
		"no amount": {"member": {"counter": "tokens"}, "said": "has other keys than \"counter\" and \"amount\""},
		"undeclared": {
			"member": {"counter": "calls", "amount": 1},
			"said": "names a counter that the policy does not declare",
		},
		"negative": {"member": {"counter": "tokens", "amount": -1}, "said": amount},
		"fraction": {"member": {"counter": "tokens", "amount": 0.5}, "said": amount},
		"text amount": {"member": {"counter": "tokens", "amount": "1"}, "said": amount},
		"too large": {"member": {"counter": "tokens", "amount": 9007199254740992}, "said": amount},
		"full": {"member": {"counter": "tokens", "amount": 9007199254740991}, "said": uncounted},
		"not in the snapshot": {"member": {"counter": "others", "amount": 1}, "said": uncounted},
	}
	made := contract.broken_charge(tc.member, {"tokens", "others"}, budget) with input as counted
	made == broken(concat(" ", ["gave a charge that", tc.said]))
	not contract.charge(tc.member, {"tokens", "others"}) with input as counted
}
