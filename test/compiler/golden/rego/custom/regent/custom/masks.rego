package system.log

mask contains "/input/arguments/sql"

drop if input.result.outcome == "allow"
