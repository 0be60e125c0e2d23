# METADATA
# title: The contract of hand-written rules
# description: |
#   Turns what packages under `regent.custom` give into what the gateway reads. A member that breaks the contract is a
#   denial that says so. `of` is what Regent knows of the package: its name, and where each of its rules stands.
package regent.contract

# METADATA
# title: Denial
# description: One member of a package's `deny`.
denial(member, of) := told(member, of) if {
	say_fault(member) == ""
} else := broken(of, ["gave a denial that ", say_fault(member)])

# METADATA
# title: Request for an approval
# description: One member of a package's `require_approval`; no value where it breaks the contract.
approval(member, of) := object.union(told(member, of), {
	"timeout_ms": timeout_ms(member),
	"required": object.get(member, "approvals", 1),
}) if {
	approval_fault(member) == ""
}

# METADATA
# title: Broken request for an approval
# description: Denies the call; no value where the member keeps the contract.
broken_approval(member, of) := broken(of, ["gave a request for an approval that ", fault]) if {
	fault := approval_fault(member)
	fault != ""
}

# METADATA
# title: Charge
# description: One member of a package's `charges`; no value where it breaks the contract.
charge(member, counters) := {
	"counter": counter_key(member.counter),
	"amount": member.amount,
} if {
	charge_fault(member, counters) == ""
}

# METADATA
# title: Broken charge
# description: Denies the call; no value where the member keeps the contract.
broken_charge(member, counters, of) := broken(of, ["gave a charge that ", fault]) if {
	fault := charge_fault(member, counters)
	fault != ""
}

told(member, of) := object.union(
	object.get(of.rules, member.rule, of.fallback),
	{"rule": concat("", ["custom:", member.rule]), "reason": member.msg},
)

broken(of, what) := object.union(of.fallback, {
	"rule": "custom-broken",
	"reason": concat("", array.concat(["the hand-written package ", of.package, " "], what)),
})

# What is wrong with a member, or "".

say_fault(member) := "is no object" if {
	not is_object(member)
} else := "has no \"rule\" that is a text without a slash" if {
	not has_rule(member)
} else := "has no \"msg\" that is a text" if {
	not has_message(member)
} else := ""

has_rule(member) if {
	is_string(member.rule)
	member.rule != ""
	not contains(member.rule, "/")
}

has_message(member) if {
	is_string(member.msg)
	member.msg != ""
}

approval_fault(member) := say_fault(member) if {
	say_fault(member) != ""
} else := "has a key that the contract does not have" if {
	object.keys(member) - {"rule", "msg", "timeout", "approvals"} != set()
} else := "has a \"timeout\" that is no duration such as \"30m\"" if {
	not has_timeout(member)
} else := "has \"approvals\" that are no whole number of at least 1" if {
	not has_approvals(member)
} else := ""

has_timeout(member) if timeout_ms(member) > 0

has_approvals(member) if is_whole(object.get(member, "approvals", 1), 1)

charge_fault(member, counters) := "is no object" if {
	not is_object(member)
} else := "has other keys than \"counter\" and \"amount\"" if {
	object.keys(member) != {"counter", "amount"}
} else := "names a counter that the policy does not declare" if {
	not member.counter in counters
} else := "has an \"amount\" that is no whole number of at least 0" if {
	not is_whole(member.amount, 0)
} else := "cannot be counted: this call does not say which counter it is, or the counter is full" if {
	not is_countable(member)
} else := ""

# The host leaves out a counter whose `per` this call does not give.
is_countable(member) if {
	total := input.state.counters[counter_key(member.counter)]
	is_number(total)
	total + member.amount <= 9007199254740991
}

counter_key(name) := concat("", ["custom/", name])

is_whole(value, minimum) if {
	is_number(value)
	value >= minimum
	value <= 9007199254740991
	value % 1 == 0
}

# METADATA
# description: As durations in policies are written, largest unit first; half an hour where none is given.
timeout_ms(member) := sum([part_ms |
	some index, part in parts
	part != ""
	part_ms := to_number(part) * units[index]
]) if {
	parts := array.slice(regex.find_all_string_submatch_n(duration, member.timeout, 1)[0], 1, 6)
} else := 1800000 if {
	not "timeout" in object.keys(member)
}

duration := `^(?:(\d{1,9})d)?(?:(\d{1,9})h)?(?:(\d{1,9})m)?(?:(\d{1,9})s)?(?:(\d{1,9})ms)?$`

units := [86400000, 3600000, 60000, 1000, 1]
