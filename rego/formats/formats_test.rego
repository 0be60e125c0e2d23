package regent.formats_test

import data.regent.formats

# Each case is [value, whether it matches].

test_date[note] if {
	some note, [value, expected] in {
		"a day": ["2026-11-22", true],
		"the last of a long month": ["2026-01-31", true],
		"the 31st of a short month": ["2026-04-31", false],
		"a leap day": ["2024-02-29", true],
		"a leap day of a common year": ["2026-02-29", false],
		"a leap day of a century": ["1900-02-29", false],
		"a leap day of a fourth century": ["2000-02-29", true],
		"no month 13": ["2026-13-01", false],
		"no day 0": ["2026-01-00", false],
		"one digit": ["2026-1-1", false],
		"a line break behind": ["2026-11-22\n", false],
		"digits of another script": ["٢٠٢٦-11-22", false],
		"a number": [20261122, false],
		"null": [null, false],
	}
	formats.is_date(value) == expected
}

test_time[note] if {
	some note, [value, expected] in {
		"in UTC": ["15:04:05Z", true],
		"with an offset and a fraction": ["15:04:05.123+05:30", true],
		"a leap second": ["23:59:60Z", true],
		"a leap second at noon": ["12:00:60Z", false],
		"no offset": ["15:04:05", false],
		"hour 24": ["24:00:00Z", false],
		"offset 24": ["15:04:05+24:00", false],
		"an array": [["15:04:05Z"], false],
	}
	formats.is_time(value) == expected
}

test_date_time[note] if {
	some note, [value, expected] in {
		"in UTC": ["2026-11-22T15:04:05Z", true],
		"lower case": ["2026-11-22t15:04:05z", true],
		"a space between": ["2026-11-22 15:04:05Z", false],
		"a day that is none": ["2026-02-30T15:04:05Z", false],
		"no time": ["2026-11-22", false],
		"empty": ["", false],
	}
	formats.is_date_time(value) == expected
}

test_email[note] if {
	some note, [value, expected] in {
		"plain": ["joe.bloggs+tag@example.com", true],
		"a domain of one label": ["root@localhost", true],
		"no at": ["example.com", false],
		"two ats": ["a@b@example.com", false],
		"two dots": ["te..st@example.com", false],
		"a dot at the end": ["test.@example.com", false],
		"quoted": ["\"joe bloggs\"@example.com", false],
		"a domain that is none": ["joe@-example.com", false],
		"a long local part": [concat("", [repeat("a", 65), "@example.com"]), false],
		"header injection": ["joe@example.com\nbcc:all@example.com", false],
	}
	formats.is_email(value) == expected
}

test_hostname[note] if {
	some note, [value, expected] in {
		"plain": ["www.example.com", true],
		"punycode": ["xn--4gbwdl.xn--wgbh1c", true],
		"63 characters": [repeat("a", 63), true],
		"64 characters": [repeat("a", 64), false],
		"a hyphen in front": ["-a.example", false],
		"a hyphen behind": ["a-.example", false],
		"an underscore": ["a_b", false],
		"an empty label": ["a..b", false],
		"a trailing dot": ["example.com.", false],
		"empty": ["", false],
		"254 characters": [repeat("a.", 127), false],
	}
	formats.is_hostname(value) == expected
}

test_ipv4[note] if {
	some note, [value, expected] in {
		"plain": ["192.168.0.1", true],
		"the highest": ["255.255.255.255", true],
		"256": ["256.0.0.1", false],
		"a leading zero": ["087.10.0.1", false],
		"three parts": ["127.0.1", false],
		"five parts": ["1.2.3.4.5", false],
		"a dot behind": ["1.2.3.4.", false],
		"hexadecimal": ["0x7f.0.0.1", false],
	}
	formats.is_ipv4(value) == expected
}

test_ipv6[note] if {
	some note, [value, expected] in {
		"loopback": ["::1", true],
		"unspecified": ["::", true],
		"full": ["1:2:3:4:5:6:7:8", true],
		"compressed": ["2001:db8::ff00:42:8329", true],
		"seven groups and a gap": ["1:2:3:4:5:6:7::", true],
		"eight groups and a gap": ["1:2:3:4::5:6:7:8", false],
		"an IPv4 tail": ["::ffff:192.168.0.1", true],
		"an IPv4 tail after six groups": ["1:2:3:4:5:6:1.2.3.4", true],
		"an IPv4 tail after seven groups": ["1:2:3:4:5:6:7:1.2.3.4", false],
		"an IPv4 head": ["1.2.3.4::1", false],
		"a bad IPv4 tail": ["::ffff:192.168.0.256", false],
		"nine groups": ["1:2:3:4:5:6:7:8:9", false],
		"two gaps": ["1::2::3", false],
		"three colons": [":::1", false],
		"five digits": ["12345::", false],
		"one colon behind": ["1:2:3:4:5:6:7:", false],
		"a zone": ["fe80::a%eth1", false],
		"an IPv4 address": ["1.2.3.4", false],
		"empty": ["", false],
	}
	formats.is_ipv6(value) == expected
}

test_uri[note] if {
	some note, [value, expected] in {
		"all parts": ["https://joe:pw@example.com:8080/a/b;c?q=1&r=%20#top", true],
		"an IPv6 host": ["ldap://[2001:db8::7]/c=GB?objectClass?one", true],
		"mail": ["mailto:john.doe@example.com", true],
		"a name": ["urn:oasis:names:specification:docbook:dtd:xml:4.1.2", true],
		"a file": ["file:///etc/passwd", true],
		"no scheme": ["//example.com/a", false],
		"relative": ["/abc", false],
		"a Windows path": ["\\\\WINDOWS\\fileshare", false],
		"a space": ["http:// shouldfail.com", false],
		"an angle bracket": ["https://example.com?q=<", false],
		"a quote": ["https://example.com/\"", false],
		"not ASCII": ["https://exämple.com", false],
		"a broken escape": ["https://example.com/%zz", false],
		"an escape cut off": ["https://example.com/%2", false],
		"an open bracket": ["http://[::1", false],
		"two fragments": ["http://example.com/#a#b", false],
		"empty": ["", false],
	}
	formats.is_uri(value) == expected
}

test_uuid[note] if {
	some note, [value, expected] in {
		"lower case": ["2eb8aa08-aa98-11ea-b4aa-73b441d16380", true],
		"upper case": ["2EB8AA08-AA98-11EA-B4AA-73B441D16380", true],
		"a digit short": ["2eb8aa08-aa98-11ea-b4aa-73b441d1638", false],
		"no hyphens": ["2eb8aa08aa9811eab4aa73b441d16380", false],
		"in braces": ["{2eb8aa08-aa98-11ea-b4aa-73b441d16380}", false],
		"not hexadecimal": ["2eb8aa08-aa98-11ea-b4ga-73b441d16380", false],
	}
	formats.is_uuid(value) == expected
}

repeat(text, times) := concat("", [text | some _ in numbers.range(1, times)])
