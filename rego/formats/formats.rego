# METADATA
# title: JSON Schema formats
# description: |
#   One predicate for each format that a policy may name. Where a standard allows rare forms that servers disagree
#   on (quoted local parts of e-mail addresses, IPv6 zones), the strict reading holds: such values do not match.
package regent.formats

# METADATA
# title: Date (RFC 3339 full-date)
# description: The day exists, leap years included.
# scope: document
default is_date(_) := false

is_date(value) if {
	is_string(value)
	regex.match(_date, value)
}

_date := concat("|", [
	`^\d{4}-(0[13578]|1[02])-(0[1-9]|[12]\d|3[01])$`,
	`^\d{4}-(0[469]|11)-(0[1-9]|[12]\d|30)$`,
	`^\d{4}-02-(0[1-9]|1\d|2[0-8])$`,
	`^(\d\d(0[48]|[2468][048]|[13579][26])|([02468][048]|[13579][26])00)-02-29$`,
])

# METADATA
# title: Time with its offset (RFC 3339 full-time)
# description: A leap second only as 23:59:60 in UTC.
# scope: document
default is_time(_) := false

is_time(value) if {
	is_string(value)
	regex.match(_time, value)
}

_time := concat("|", [
	`^([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d+)?([Zz]|[+-]([01]\d|2[0-3]):[0-5]\d)$`,
	`^23:59:60(\.\d+)?([Zz]|[+-]00:00)$`,
])

# METADATA
# title: Date and time (RFC 3339 date-time)
# scope: document
default is_date_time(_) := false

is_date_time(value) if {
	is_string(value)
	substring(value, 10, 1) in {"T", "t"}
	is_date(substring(value, 0, 10))
	is_time(substring(value, 11, -1))
}

# METADATA
# title: E-mail address (RFC 5321 mailbox with a dot-string and a domain)
# scope: document
default is_email(_) := false

is_email(value) if {
	is_string(value)
	count(value) <= 254
	parts := split(value, "@")
	count(parts) == 2
	count(parts[0]) <= 64
	regex.match("^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+([.][A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*$", parts[0])
	is_hostname(parts[1])
}

# METADATA
# title: Host name (RFC 1123)
# description: Lengths are counted apart, since counted repetition is what makes a pattern slow.
# scope: document
default is_hostname(_) := false

is_hostname(value) if {
	is_string(value)
	count(value) <= 253
	every label in split(value, ".") {
		count(label) <= 63
		regex.match(`^[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?$`, label)
	}
}

# METADATA
# title: IPv4 address (RFC 2673 dotted quad)
# description: No leading zeros, which some readers take for octal.
# scope: document
default is_ipv4(_) := false

is_ipv4(value) if {
	is_string(value)
	regex.match(`^((25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(\.|$)){4}$`, value)
	not endswith(value, ".")
}

# METADATA
# title: IPv6 address (RFC 4291 section 2.2)
# scope: document
default is_ipv6(_) := false

is_ipv6(value) if {
	is_string(value)
	not contains(value, "::")
	_last_groups(value) == 8
}

is_ipv6(value) if {
	is_string(value)
	parts := split(value, "::")
	count(parts) == 2
	_groups(parts[0]) + _last_groups(parts[1]) <= 7
}

_groups("") := 0

_groups(text) := count(split(text, ":")) if regex.match(`^([0-9A-Fa-f]{1,4}:)*[0-9A-Fa-f]{1,4}$`, text)

# The last two groups may be written as an IPv4 address.
_last_groups(text) := _groups(text)

_last_groups(text) := count(groups) + 1 if {
	regex.match(`^([0-9A-Fa-f]{1,4}:)*[0-9.]+$`, text)
	groups := split(text, ":")
	is_ipv4(groups[count(groups) - 1])
}

# METADATA
# title: URI (RFC 3986), with its scheme
# scope: document
default is_uri(_) := false

is_uri(value) if {
	is_string(value)
	regex.match(_uri, value)
	not regex.match(`%($|[^0-9A-Fa-f]|[0-9A-Fa-f]($|[^0-9A-Fa-f]))`, value)
}

_uri := concat("", [
	`^[A-Za-z][A-Za-z0-9+.-]*:`,
	`(//([\w.~!$&'()*+,;=:%-]*@)?(\[[0-9A-Fa-f:.]+\]|[\w.~!$&'()*+,;=%-]*)(:\d*)?(/[\w.~!$&'()*+,;=:@%/-]*)?`,
	`|/?([\w.~!$&'()*+,;=:@%-][\w.~!$&'()*+,;=:@%/-]*)?)`,
	`(\?[\w.~!$&'()*+,;=:@%/?-]*)?(#[\w.~!$&'()*+,;=:@%/?-]*)?$`,
])

# METADATA
# title: UUID (RFC 9562), in either case
# scope: document
default is_uuid(_) := false

is_uuid(value) if {
	is_string(value)
	regex.match(`^[0-9A-Fa-f]{8}-([0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}$`, value)
}
