/** What people paste into the address field: an address, or a line of Python that holds one. */

/** The address in a text. */
export function addressIn(text: string): string {
	const trimmed = text.trim();
	// xr.open_zarr("https://…", …), zarr.open('s3://…')
	const quoted = /["']([a-z][a-z0-9+.-]*:\/\/[^"']+)["']/i.exec(trimmed)?.[1];
	const address = (quoted ?? trimmed).replace(/^<|>$/g, "").trim();
	// adlfs writes abfs://container/path@account or abfs://container@account.dfs.core.windows.net/path.
	const abfs = /^abfss?:\/\/([^@/]+)@([^./]+)\.[^/]*\/?(.*)$/i.exec(address);
	return abfs ? `az://${abfs[2]}/${abfs[1]}/${abfs[3]}` : address;
}
