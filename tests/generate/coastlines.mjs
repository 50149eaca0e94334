// Coastlines of the world for the map view: src/plot/coastlines.bin
//
// Input: land-50m.json of the npm package world-atlas (Natural Earth 1:50m land).
// The packages live outside the repository:
//   mkdir -p /tmp/coast && cd /tmp/coast && npm init -y
//   npm i world-atlas@2.0.2 topojson-client@3.1.0
//   node /path/to/repo/tests/generate/coastlines.mjs /tmp/coast [tolerance in degrees]
//
// Output, little-endian: "ZSC1", u32 number of polylines; per polyline an unsigned
// LEB128 point count, then per point zigzag LEB128 deltas of longitude and latitude
// in 0.01 degree. The first point of each polyline is a delta from (0, 0). Closed
// coasts repeat their first point at the end. No edge lies along lon = +-180 or
// lat = -90, and none crosses the antimeridian.
import fs from "node:fs";
import path from "node:path";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

const npm = path.resolve(process.argv[2] ?? "/tmp/coast");
const TOLERANCE = Number(process.argv[3] ?? 0.03);
const MIN_EXTENT = 0.3;
const MIN_POINTS = 4; // of an island, closing point not counted
const require = createRequire(path.join(npm, "package.json"));
const topojson = require("topojson-client");
const world = JSON.parse(fs.readFileSync(path.join(npm, "node_modules/world-atlas/land-50m.json")));
const out = fileURLToPath(new URL("../../src/plot/coastlines.bin", import.meta.url));

const land = topojson.feature(world, world.objects.land);
const rings = (land.features ?? [land]).flatMap(({ geometry: g }) =>
	g.type === "Polygon" ? g.coordinates : g.coordinates.flat(),
);

// Longitudes made continuous, so that edges over the antimeridian are short.
function unwrap(ring) {
	const pts = [[...ring[0]]];
	for (let i = 1; i < ring.length; i++) {
		let d = ring[i][0] - ring[i - 1][0];
		d -= 360 * Math.round(d / 360);
		pts.push([pts[i - 1][0] + d, ring[i][1]]);
	}
	return pts;
}

const EPS = 1e-6;
const onPole = (p) => p[1] <= -89.9;
const sheet = (x) => Math.floor((x + 180) / 360); // which copy of [-180, 180)
const onCut = (x) => Math.abs(x - (360 * Math.round((x + 180) / 360) - 180)) < EPS;

// A ring cut where it meets lon = +-180 or runs along the pole.
function cut(pts) {
	const lines = [];
	let line = [];
	const end = () => {
		if (line.length > 1) lines.push(line);
		line = [];
	};
	// one piece, inside one copy of the world
	const piece = (a, b) => {
		if (onCut(a[0]) && onCut(b[0])) return end(); // along the antimeridian
		const k = 360 * sheet((a[0] + b[0]) / 2);
		const p = [a[0] - k, a[1]],
			q = [b[0] - k, b[1]];
		const last = line.at(-1);
		if (!last || Math.abs(last[0] - p[0]) > EPS || Math.abs(last[1] - p[1]) > EPS) {
			end();
			line = [p];
		}
		line.push(q);
	};
	for (let i = 1; i < pts.length; i++) {
		const a = pts[i - 1],
			b = pts[i];
		if (onPole(a) && onPole(b)) {
			end();
			continue;
		}
		const lo = Math.min(a[0], b[0]),
			hi = Math.max(a[0], b[0]);
		const x = 360 * Math.ceil((lo + 180) / 360) - 180; // first cut at or above lo
		if (x > lo + EPS && x < hi - EPS) {
			const m = [x, a[1] + ((b[1] - a[1]) * (x - a[0])) / (b[0] - a[0])];
			piece(a, m);
			piece(m, b);
		} else piece(a, b);
	}
	end();
	// the arbitrary start of the ring is no end of a line
	if (lines.length > 1) {
		const first = lines[0][0],
			last = lines.at(-1).at(-1);
		if (Math.abs(first[0] - last[0]) < EPS && Math.abs(first[1] - last[1]) < EPS && !onCut(first[0]))
			lines[0] = [...lines.pop(), ...lines[0].slice(1)];
	}
	return lines;
}

function distance(p, a, b) {
	const dx = b[0] - a[0],
		dy = b[1] - a[1],
		l = dx * dx + dy * dy;
	const t = l ? Math.max(0, Math.min(1, ((p[0] - a[0]) * dx + (p[1] - a[1]) * dy) / l)) : 0;
	return Math.hypot(p[0] - a[0] - t * dx, p[1] - a[1] - t * dy);
}

function douglasPeucker(pts) {
	const keep = new Uint8Array(pts.length);
	keep[0] = keep[pts.length - 1] = 1;
	const stack = [[0, pts.length - 1]];
	while (stack.length) {
		const [i, j] = stack.pop();
		let far = -1,
			best = TOLERANCE;
		for (let k = i + 1; k < j; k++) {
			const d = distance(pts[k], pts[i], pts[j]);
			if (d > best) {
				best = d;
				far = k;
			}
		}
		if (far >= 0) {
			keep[far] = 1;
			stack.push([i, far], [far, j]);
		}
	}
	return pts.filter((_, k) => keep[k]);
}

const polylines = [];
let dropped = 0;
for (const ring of rings) {
	const pts = unwrap(ring);
	const xs = pts.map((p) => p[0]),
		ys = pts.map((p) => p[1]);
	const extent = Math.max(Math.max(...xs) - Math.min(...xs), Math.max(...ys) - Math.min(...ys));
	if (extent < MIN_EXTENT) {
		dropped++;
		continue;
	}
	const lines = cut(pts)
		.map((line) =>
			douglasPeucker(line)
				.map(([x, y]) => [Math.round(x * 100), Math.round(y * 100)])
				.filter((p, i, all) => !i || p[0] !== all[i - 1][0] || p[1] !== all[i - 1][1]),
		)
		.filter((l) => l.length > 1);
	const whole = lines.length === 1 && lines[0][0].join() === lines[0].at(-1).join();
	if (whole && lines[0].length - 1 < MIN_POINTS) {
		dropped++;
		continue;
	}
	polylines.push(...lines);
}

const bytes = [];
const leb = (n) => {
	while (n > 127) {
		bytes.push((n & 127) | 128);
		n >>>= 7;
	}
	bytes.push(n);
};
const zigzag = (n) => leb(n < 0 ? -2 * n - 1 : 2 * n);
for (const line of polylines) {
	leb(line.length);
	let x = 0,
		y = 0;
	for (const p of line) {
		zigzag(p[0] - x);
		zigzag(p[1] - y);
		[x, y] = p;
	}
}
const head = Buffer.alloc(8);
head.write("ZSC1", "latin1");
head.writeUInt32LE(polylines.length, 4);
const file = Buffer.concat([head, Buffer.from(bytes)]);

// Read back and check what the file promises.
let at = 8,
	points = 0,
	longest = 0;
const un = () => {
	let n = 0,
		s = 0,
		b;
	do {
		b = file[at++];
		n |= (b & 127) << s;
		s += 7;
	} while (b & 128);
	return n;
};
const zz = () => {
	const n = un();
	return n & 1 ? -(n + 1) / 2 : n / 2;
};
for (const line of polylines) {
	const n = un();
	let x = 0,
		y = 0,
		px,
		py;
	for (let i = 0; i < n; i++, points++) {
		px = x;
		py = y;
		x += zz();
		y += zz();
		if (x !== line[i][0] || y !== line[i][1]) throw Error("does not read back");
		if (Math.abs(x) > 18000 || Math.abs(y) > 9000) throw Error(`out of range ${x} ${y}`);
		if (!i) continue;
		longest = Math.max(longest, Math.abs(x - px));
		if (Math.abs(x) === 18000 && Math.abs(px) === 18000) throw Error(`edge along the antimeridian at ${py} ${y}`);
		if (y < -8990 && py < -8990) throw Error("edge along the pole");
	}
}
if (at !== file.length) throw Error("trailing bytes");
fs.mkdirSync(path.dirname(out), { recursive: true });
fs.writeFileSync(out, file);
console.log(
	`${out}: ${file.length} bytes, ${polylines.length} polylines, ${points} points, tolerance ${TOLERANCE},`,
	`${dropped} of ${rings.length} rings dropped, longest step ${longest / 100} degrees of longitude`,
);
