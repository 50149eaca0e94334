// What a user of an array library writes: plain loops over a chunk's values, which skip what is missing.

/** Statistics that chunks are added to; `values()` is the answer. */
export const LOOPS = {
	mean() {
		let [sum, count] = [0, 0];
		const add = (data, { missing, scale, offset }) => {
			let [s, n] = [0, 0];
			if (missing === undefined) {
				for (let i = 0; i < data.length; i++) {
					const x = data[i];
					// The fastest test for NaN there is.
					// biome-ignore lint/suspicious/noSelfCompare: NaN alone is not itself
					if (x === x) {
						s += x;
						n += 1;
					}
				}
			} else {
				for (let i = 0; i < data.length; i++) {
					const x = data[i];
					if (x !== missing) {
						s += x;
						n += 1;
					}
				}
			}
			sum += s * scale + n * offset;
			count += n;
		};
		return { add, values: () => [sum / count] };
	},
	std() {
		let [sum, squares, count] = [0, 0, 0];
		const add = (data, { missing, scale, offset }) => {
			let [s, q, n] = [0, 0, 0];
			for (let i = 0; i < data.length; i++) {
				const x = data[i];
				// biome-ignore lint/suspicious/noSelfCompare: NaN alone is not itself
				if (x === x && x !== missing) {
					const y = x * scale + offset;
					s += y;
					q += y * y;
					n += 1;
				}
			}
			sum += s;
			squares += q;
			count += n;
		};
		return { add, values: () => [Math.sqrt(squares / count - (sum / count) ** 2)] };
	},
	histogram({ bins, range: [low, high] }) {
		const counts = new Float64Array(bins);
		const perUnit = bins / (high - low);
		const add = (data, { missing, scale, offset }) => {
			for (let i = 0; i < data.length; i++) {
				const x = data[i];
				if (x === missing) continue;
				const bin = Math.floor((x * scale + offset - low) * perUnit);
				if (bin >= 0 && bin < bins) counts[bin] += 1;
			}
		};
		return { add, values: () => [...counts] };
	},
};

/** How values are packed. */
export function packingOf(attrs) {
	return { missing: attrs._FillValue, scale: attrs.scale_factor ?? 1, offset: attrs.add_offset ?? 0 };
}
