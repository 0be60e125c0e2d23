# METADATA
# title: What a call gives to counters
# description: |
#   Amounts, and the parts of a counter's key that come from the call. The host composes the same keys
#   (compiler/model/counter-key.ts). Functions have no value where theirs cannot be read: the check fails then.
package regent.counters

# METADATA
# title: Amount
# description: Whole minor units that can be counted exactly; the host leaves out what it cannot read as such.
amount(value) := value if {
	is_number(value)
	value >= 0
	value <= 9007199254740991
	value % 1 == 0
}

# METADATA
# title: Currency code
# description: |
#   2 to 12 ASCII letters or digits, in upper case. The characters are tested before `upper`, which turns some
#   other letters into ASCII ones.
currency(value) := upper(value) if {
	is_string(value)
	count(value) >= 2
	count(value) <= 12
	trim(value, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789") == ""
}

# METADATA
# title: Value that separate counters are kept for
# description: A text of at most 256 characters as it stands, or a whole number as plain digits.
per_value(value) := value if {
	is_string(value)
	count(value) <= 256
}

# `format_int` aborts beyond 32 bits; the input's numbers are plain digits already.
per_value(value) := json.marshal(value) if {
	is_number(value)
	abs(value) <= 9007199254740991
	value % 1 == 0
}

# METADATA
# title: Room in a counter
# description: |
#   Whether a counter can take an amount without passing its cap. False where the counter or the amount cannot be read:
#   callers negate it, and give arguments that always have a value.
# scope: document
default has_room(_, _, _) := false

has_room(key, amount, cap) if {
	total := input.state.counters[key]
	is_number(total)
	is_number(amount)
	total + amount <= cap
}
