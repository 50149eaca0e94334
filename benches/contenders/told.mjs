// An answer as numbers to compare, as in data.py: all of them, or of many how many are missing, the others' sum, and 64 from
// all over. What is missing is null, because JSON has no NaN.
export function told(values) {
	const plain = (x) => (Number.isNaN(x) ? null : x);
	if (values.length <= 512) return Array.from(values, (x) => plain(Number(x)));
	let [missing, sum] = [0, 0];
	for (const x of values) {
		if (Number.isNaN(x)) missing += 1;
		else sum += x;
	}
	const samples = Array.from({ length: 64 }, (_, i) => plain(values[Math.floor((i * values.length) / 64)]));
	return [missing, sum, ...samples];
}
