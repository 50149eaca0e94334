/** Addresses without what must not be passed on: signatures, tokens, passwords. */

/** Query keys of signed addresses: AWS, Google, Azure (whose letters mean nothing without `sig`, but tell of it), others. */
const SECRET_KEYS =
	/^(x-amz-.*|x-goog-.*|awsaccesskeyid|googleaccessid|signature|key-pair-id|policy|expires|sig|se|sp|sv|st|sr|spr|sip|ss|srt|sdd|ske|skt|sks|skv|skoid|sktid|token|.*[-_]?token|.*api[-_]?key|.*secret.*|password|passwd|auth|authorization|credentials?|jwt)$/i;

export function isSecretKey(key: string): boolean {
	return SECRET_KEYS.test(key);
}

/** An address that may be shown and shared, and the names of what was taken out. */
export function withoutSecrets(address: string): { address: string; removed: string[] } {
	const removed: string[] = [];
	const bare = address.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/?#]*@/i, (_, scheme: string) => {
		removed.push("user name and password");
		return scheme;
	});
	const at = bare.indexOf("?");
	if (at < 0) return { address: bare, removed };
	const hashAt = bare.indexOf("#", at);
	const query = bare.slice(at + 1, hashAt < 0 ? undefined : hashAt);
	const kept = query.split("&").filter((pair) => {
		const key = decoded(pair.split("=")[0] ?? "");
		if (isSecretKey(key)) removed.push(key);
		return !isSecretKey(key);
	});
	const tail = hashAt < 0 ? "" : bare.slice(hashAt);
	return { address: bare.slice(0, at) + (kept.length > 0 ? `?${kept.join("&")}` : "") + tail, removed };
}

function decoded(text: string): string {
	try {
		return decodeURIComponent(text);
	} catch {
		return text;
	}
}
