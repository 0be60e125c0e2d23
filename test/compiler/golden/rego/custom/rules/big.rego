package regent.custom.budget

# METADATA
# title: Big reads
# scope: document
require_approval contains {"rule": "big", "msg": "a big read needs a human", "timeout": "10m"} if {
	input.arguments.limit > 500
}
