// Stores that are not what they say, as files by key. Each holds one array, `v`.

import { deflateRawSync } from "node:zlib";

/** What an honest chunk holds. */
export const BYTES = Uint8Array.from({ length: 16 }, (_, i) => i + 1);
const N = BYTES.length;

const text = (value) => Buffer.from(JSON.stringify(value));
const words = (...numbers) => Buffer.from(Uint32Array.from(numbers).buffer);

/** A v2 array; `chunk` is its first one. */
export function array(members, chunk) {
	const zarray = {
		zarr_format: 2,
		shape: [N],
		chunks: [N],
		dtype: "|u1",
		order: "C",
		fill_value: 7,
		compressor: null,
		filters: null,
		...members,
	};
	const metadata = { ".zgroup": { zarr_format: 2 }, "v/.zarray": zarray };
	const files = { ".zmetadata": text({ zarr_consolidated_format: 1, metadata }) };
	return chunk === undefined ? files : { ...files, "v/0": chunk };
}

export const plain = (chunk) => array({}, chunk);
export const compressed = (id, chunk) => array({ compressor: { id } }, chunk);

function v3({ shape, chunks, codecs }, chunk) {
	const v = {
		zarr_format: 3,
		node_type: "array",
		shape,
		data_type: "uint8",
		fill_value: 0,
		chunk_grid: { name: "regular", configuration: { chunk_shape: chunks } },
		chunk_key_encoding: { name: "default" },
		codecs,
		attributes: {},
	};
	const consolidated = { kind: "inline", must_understand: false, metadata: { v } };
	return {
		"zarr.json": text({ zarr_format: 3, node_type: "group", consolidated_metadata: consolidated }),
		"v/c/0": chunk,
	};
}

export function checksummed({ broken }) {
	const sum = (crc32c(BYTES) ^ (broken ? 1 : 0)) >>> 0;
	return v3({ shape: [N], chunks: [N], codecs: ["bytes", "crc32c"] }, Buffer.concat([BYTES, words(sum)]));
}

/** A shard of `count` inner chunks, each of {@link BYTES}. */
export function sharded(count) {
	const index = Buffer.from(
		BigUint64Array.from({ length: 2 * count }, (_, i) => BigInt(i % 2 ? N : (i / 2) * N)).buffer,
	);
	const codec = {
		name: "sharding_indexed",
		configuration: { chunk_shape: [N], codecs: ["bytes"], index_codecs: ["bytes", "crc32c"], index_location: "end" },
	};
	const data = Array.from({ length: count }, () => BYTES);
	return v3(
		{ shape: [N * count], chunks: [N * count], codecs: [codec] },
		Buffer.concat([...data, index, words(crc32c(index))]),
	);
}

function crc32c(bytes) {
	let crc = ~0;
	for (const byte of bytes) {
		crc ^= byte;
		for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0x82f63b78 : 0);
	}
	return ~crc >>> 0;
}

/** A gzip stream of zeros. Its deflate blocks repeat, so that no one has to compress them all. */
export function gzipBomb(bytes) {
	const block = 1 << 20;
	// A flushed block ends on a byte and refers to nothing before it: it can follow itself.
	const flushed = deflateRawSync(Buffer.alloc(block), { finishFlush: 2, level: 9 });
	const head = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]);
	const last = Buffer.from([3, 0]);
	const blocks = Array.from({ length: bytes / block }, () => flushed);
	return Buffer.concat([head, ...blocks, last, words(0, bytes >>> 0)]);
}

/** A Blosc frame. */
function blosc({ flags, typesize = 1, sizes: [nbytes, blocksize, cbytes], body }) {
	return Buffer.concat([Uint8Array.of(2, 1, flags, typesize), words(nbytes, blocksize, cbytes), body]);
}

const STORED = 2;
const LZ4 = (1 << 5) | 16;
const GIB = 1 << 30;
const MIB = 1 << 20;
const body = Buffer.alloc(48, 5);

/** Frames of 64 bytes or less, none of which may be believed. */
export const BLOSC_LIES = {
	"nbytes of 1 GiB in 64 bytes": blosc({ flags: LZ4, sizes: [GIB, GIB, 64], body }),
	"nbytes of 1 GiB, stored": blosc({ flags: STORED, sizes: [GIB, GIB, 64], body }),
	"1 MiB stored in 64 bytes": blosc({ flags: STORED, sizes: [MIB, MIB, 64], body }),
	"the chunk's size, stored, and cut": blosc({ flags: STORED, sizes: [N, N, N + 16], body: body.subarray(0, 4) }),
	"a block size of 0": blosc({ flags: LZ4, sizes: [N, 0, 64], body }),
	"an element size of 0": blosc({ flags: LZ4 | 1, typesize: 0, sizes: [N, N, 64], body }),
	"cbytes beyond the chunk": blosc({ flags: STORED, sizes: [N, N, 65], body }),
	"cbytes of 2^32 - 1": blosc({ flags: LZ4, sizes: [N, N, 2 ** 32 - 1], body }),
};

/** A zstd frame of one stored block whose header claims to hold more. */
export function zstdClaiming(bytes) {
	const size = Buffer.from(BigUint64Array.of(BigInt(bytes)).buffer);
	const block = Buffer.from([(N << 3) | 1, 0, 0]);
	return Buffer.concat([words(0xfd2fb528), Uint8Array.of(0xe0), size, block, BYTES]);
}
