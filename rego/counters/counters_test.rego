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

repeat(text, times) := concat("", [text | some _ in numbers.range(1, times)])
