package regent.decimals_test

import data.regent.decimals

test_is_multiple_of_cents if {
	every cents in numbers.range(-2000, 20000) {
		decimals.is_multiple(cents / 100, 100, 1)
	}
}

test_is_multiple[note] if {
	some note, value in {
		"a text's worth": 0.3,
		"an idle zero": 0.30,
		"nothing": 0,
		"a whole number": 7,
		"below zero": -2.1,
		"many digits": 1234567890123.15,
	}
	decimals.is_multiple(value, 100, 5)
}

test_is_no_multiple[note] if {
	some note, value in {
		"a finer number": 0.305,
		"another cent": 0.31,
		"nearly": 0.3000000000001,
		"below zero": -0.07,
		"a text": "0.30",
		"null": null,
		"a list": [0.3],
	}
	not decimals.is_multiple(value, 100, 5)
}
