# METADATA
# title: Regent's gateway
# description: |
#   Combines what the rules of a tool, and those of all tools of its server, say of one tool call.
#   Fails closed: a tool that no policy covers is denied, and so is every call of an unknown server.
package regent.gateway

# METADATA
# title: Decision for one tool call
# description: Exactly one of deny, require_approval and allow. Lists have no order; the host sorts them.
# scope: document
# entrypoint: true
default decision := {
	"outcome": "deny",
	"rule": "default-deny",
	"reason": "the policy does not list this tool",
	"source": null,
	"violations": [{"rule": "default-deny", "reason": "the policy does not list this tool", "source": ""}],
}

decision := {
	"outcome": "allow",
	"rule": null,
	"reason": null,
	"source": null,
	"violations": [],
	"charges": charged,
} if {
	charged := array.concat(entry_passes, data.regent.servers[input.server].passes)
} else := {
	"outcome": "deny",
	"rule": refusal.rule,
	"reason": refusal.reason,
	"source": null,
	"violations": [object.union(refusal, {"source": ""})],
} if {
	refusal != null
} else := object.union(shadowed, {
	"outcome": "deny",
	"rule": denials[0].rule,
	"reason": denials[0].reason,
	"source": denials[0].source,
	"violations": [object.remove(denial, ["order"]) | some denial in denials],
}) if {
	count(denials) > 0
} else := object.union_n([shadowed, object.filter(pending[0], ["title", "description"]), {
	"outcome": "require_approval",
	"rule": pending[0].rule,
	"reason": pending[0].reason,
	"source": pending[0].source,
	"violations": [],
	"approval": {
		"timeout_ms": min([approval.timeout_ms | some approval in approvals]),
		"required": max([approval.required | some approval in approvals]),
	},
}]) if {
	count(pending) > 0
} else := object.union(shadowed, {
	"outcome": "allow",
	"rule": null,
	"reason": null,
	"source": null,
	"violations": [],
	"charges": charges,
}) if {
	denials == []
	pending == []
}

# METADATA
# description: |
#   What the call is charged by its entry where no rule of the entry has anything against it, which is what most calls
#   meet; no value where one has, where nothing covers the tool, and where the entry does not say that the call passes.
# scope: document
entry_passes := charged if {
	charged := data.regent.tools[input.server][input.tool].passes
} else := charged if {
	covering != ""
	charged := data.regent.globs[input.server][covering].passes
} else := [] if {
	covered
	registered == false
	covering == ""
}

# METADATA
# title: May this agent see this tool?
# description: False where no argument could make a call of it allowed.
# scope: document
# entrypoint: true
default listed := false

listed if {
	refusal == null
	not entry_unlisted
	not server_unlisted
}

# METADATA
# title: Does an entry bear this very tool name?
# description: The host probes each declared tool with it after load.
# scope: document
# entrypoint: true
default registered := false

registered := data.regent.tools[input.server][input.tool].registered

# METADATA
# description: |
#   What denies a call before any rule is looked at; null only where the server says of itself all that lets a call pass.
#   Each look-up is compared with what it must be, so that one without a value helps nobody.
# scope: document
default refusal := {
	"rule": "server-unknown",
	"reason": "the policy does not name this server",
}

refusal := {
	"rule": "hidden",
	"reason": "the policy hides this tool",
} if {
	data.regent.servers[input.server].hidden == true
} else := {
	"rule": "agent-not-permitted",
	"reason": "the policy does not permit this tool to this agent",
} if {
	data.regent.servers[input.server].permitted == false
} else := null if {
	data.regent.servers[input.server].hidden == false
	data.regent.servers[input.server].permitted == true
	covered
} else := {
	"rule": "default-deny",
	"reason": "the policy does not list this tool",
} if {
	data.regent.servers[input.server].registered == true
}

default covered := false

covered if {
	registered
} else if {
	covering != ""
} else if {
	is_string(input.tool)
	data.regent.servers[input.server].default_allow == true
}

# METADATA
# description: The glob whose rules hold, where no entry bears the tool's own name; "" where none does.
# scope: document
default covering := ""

covering := data.regent.servers[input.server].covering if not registered

# METADATA
# description: Failed rules in file order, those of the tool before those of all tools.
# scope: document
denials := ranked(entry_denials, server_denials)

# METADATA
# description: Rules that ask for an approval, in file order.
# scope: document
approvals := ranked(entry_approvals, server_approvals)

# METADATA
# description: Those that fewer humans agreed to than they require.
# scope: document
pending := [approval | some approval in approvals; is_unmet(approval)]

# METADATA
# description: Different humans who agreed to this call.
# scope: document
approvers := {approver | some approver in input.approval.approvers; is_string(approver)}

is_unmet(approval) if count(approvers) < approval.required

charges := array.concat(entry_charges, server_charges)

# METADATA
# description: Rules in shadow mode that would have denied or held the call, where there are any.
# scope: document
default shadowed := {}

shadowed := {"shadow": shadow} if count(shadow) > 0

shadow := array.concat(
	[object.remove(verdict, ["required"]) | some verdict in entry_shadow; is_seen(verdict)],
	[object.remove(verdict, ["required"]) | some verdict in server_shadow; is_seen(verdict)],
)

is_seen(verdict) if not verdict.required

is_seen(verdict) if is_unmet(verdict)

# METADATA
# description: Numbers of rules are their places in the entry, so the pair in front settles every comparison.
ranked(of_entry, of_server) := [place[2] | some place in sort(array.concat(
	[[0, verdict.order, verdict] | some verdict in of_entry],
	[[1, verdict.order, verdict] | some verdict in of_server],
))]

# What the entry says: the exact one, where `covering` is "", or that of the longest glob. Never both.

default entry_denials := set()

entry_denials := data.regent.tools[input.server][input.tool].deny

entry_denials := data.regent.globs[input.server][covering].deny if covering != ""

default entry_approvals := set()

entry_approvals := data.regent.tools[input.server][input.tool].approve

entry_approvals := data.regent.globs[input.server][covering].approve if covering != ""

default entry_shadow := set()

entry_shadow := data.regent.tools[input.server][input.tool].shadow

entry_shadow := data.regent.globs[input.server][covering].shadow if covering != ""

default entry_charges := []

entry_charges := data.regent.tools[input.server][input.tool].charges

entry_charges := data.regent.globs[input.server][covering].charges if covering != ""

default entry_unlisted := false

entry_unlisted := data.regent.tools[input.server][input.tool].unlisted

entry_unlisted := data.regent.globs[input.server][covering].unlisted if covering != ""

# What the server says of every tool. Each look-up has a rule with a default, and `not` stands before that rule only:
# in WebAssembly, `not data.x[y].z` does not hold where z is false (OPA 1.22.2), so that a call would pass.

default server_denials := set()

server_denials := data.regent.servers[input.server].deny

default server_approvals := set()

server_approvals := data.regent.servers[input.server].approve

default server_shadow := set()

server_shadow := data.regent.servers[input.server].shadow

default server_charges := []

server_charges := data.regent.servers[input.server].charges

default server_unlisted := false

server_unlisted := data.regent.servers[input.server].unlisted
