# METADATA
# title: Decimals
# description: What OPA's own arithmetic does not say exactly of numbers with a fraction.
package regent.decimals

# METADATA
# title: Multiple of a decimal
# description: |
#   Whether a number is a multiple of `step / scale`, where `scale` is a power of ten and both are whole numbers. As
#   WebAssembly the first way is exact. OPA's interpreter multiplies in binary, where 0.3 * 100 is no whole number; it
#   finds the multiples of up to 18 digits by dividing, which it rounds as it does the number itself.
# scope: document
default is_multiple(_, _, _) := false

is_multiple(value, scale, step) if {
	(value * scale) % step == 0
} else if {
	units := round(value * scale)
	units / scale == value
	units % step == 0
}
