package regent.counters_test

import data.regent.counters

test_amount[note] if {
	some note, [value, expected] in {
		"nothing": [0, {0}],
		"a whole number": [12550, {12550}],
		"the largest": [9007199254740991, {9007199254740991}],
		"one more": [9007199254740992, set()],
		"a fraction": [1.5, set()],
		"below 0": [-1, set()],
		"a text": ["5", set()],
		"null": [null, set()],
	}
	{amount | amount := counters.amount(value)} == expected
}

test_currency[note] if {
	some note, [value, expected] in {
		"upper case": ["USD", {"USD"}],
		"lower case": ["usd", {"USD"}],
		"digits": ["x42", {"X42"}],
		"12 characters": ["ABCDEFGHIJ12", {"ABCDEFGHIJ12"}],
		"13 characters": ["ABCDEFGHIJ123", set()],
		"one character": ["U", set()],
		"a space": ["US D", set()],
		"a slash": ["US/D", set()],
		"a letter whose upper case is ASCII": ["ıs", set()],
		"a letter of another script": ["ЅD", set()],
		"empty": ["", set()],
		"a number": [840, set()],
		"null": [null, set()],
	}
	{code | code := counters.currency(value)} == expected
}

test_per_value[note] if {
	some note, [value, expected] in {
		"a text": ["acc-1", {"acc-1"}],
		"an empty text": ["", {""}],
		"256 characters": [repeat("é", 256), {repeat("é", 256)}],
		"257 characters": [repeat("é", 257), set()],
		"a whole number": [42, {"42"}],
		"a number over 32 bits": [2147483648, {"2147483648"}],
		"a negative number": [-7, {"-7"}],
		"the largest": [9007199254740991, {"9007199254740991"}],
		"one more": [9007199254740992, set()],
		"a fraction": [0.5, set()],
		"true": [true, set()],
		"null": [null, set()],
		"an array": [["a"], set()],
	}
	{text | text := counters.per_value(value)} == expected
}

test_has_room[note] if {
	some note, [total, amount, cap, expected] in {
		"far below": [0, 1, 10, true],
		"just below": [9, 1, 10, true],
		"reached": [10, 1, 10, false],
		"exactly to the cap": [40, 60, 100, true],
		"one more than the cap": [40, 61, 100, false],
		"nothing to add, at the cap": [100, 0, 100, true],
		"no cap at all": [0, 0, 0, true],
		"the largest": [9007199254740990, 1, 9007199254740991, true],
		"more than can be counted": [9007199254740991, 1, 9007199254740991, false],
		"a total that is a text": ["0", 1, 10, false],
		"a total that is null": [null, 1, 10, false],
		"an amount that could not be read": [0, null, 10, false],
		"an amount that is a text": [0, "1", 10, false],
	}
	counters.has_room("c", amount, cap) == expected with input.state.counters as {"c": total}
}

test_has_room_of_unknown_counter[note] if {
	some note, state in {
		"another counter": {"counters": {"d": 0}},
		"no counters": {},
		"nothing": null,
	}
	counters.has_room("c", 1, 10) == false with input.state as state
}

repeat(text, times) := concat("", [text | some _ in numbers.range(1, times)])
