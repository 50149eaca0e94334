/** What the owner of a bucket must set, so that pages may read it: the exact rule, for the kind of server at hand. */

export interface CorsHelp {
	readonly title: string;
	readonly how: string;
	readonly rule: string;
}

export function corsHelp(source: string, origin: string): CorsHelp {
	const page = origin === "null" ? "*" : origin;
	const host = hostOf(source);
	if (/^s3:/i.test(source) || /(^|\.)s3[.-].*amazonaws\.com$|(^|\.)s3\.amazonaws\.com$/.test(host)) return amazon(page);
	if (/^gs:/i.test(source) || /(^|\.)storage\.(googleapis|cloud\.google)\.com$/.test(host)) return google(page);
	if (/^az:/i.test(source) || /\.blob\.core\.windows\.net$/.test(host)) return azure(page);
	const rule = `Access-Control-Allow-Origin: ${page}\nAccess-Control-Allow-Methods: GET, HEAD\nAccess-Control-Allow-Headers: Range\nAccess-Control-Expose-Headers: Content-Range, Content-Length, ETag`;
	return { title: "What its owner must set", how: "The server must send these headers:", rule };
}

function amazon(page: string): CorsHelp {
	const rules = [
		{
			AllowedOrigins: [page],
			AllowedMethods: ["GET", "HEAD"],
			AllowedHeaders: ["Range"],
			ExposeHeaders: ["Content-Range", "Content-Length", "ETag"],
		},
	];
	const rule = `${json({ CORSRules: rules })}\n\naws s3api put-bucket-cors --bucket BUCKET --cors-configuration file://cors.json`;
	return {
		title: "What its owner must set in Amazon S3",
		how: "Save this as cors.json, and run the command below it:",
		rule,
	};
}

function google(page: string): CorsHelp {
	const rules = [
		{
			origin: [page],
			method: ["GET", "HEAD"],
			responseHeader: ["Range", "Content-Range", "Content-Length", "ETag"],
			maxAgeSeconds: 3600,
		},
	];
	const rule = `${json(rules)}\n\ngcloud storage buckets update gs://BUCKET --cors-file=cors.json`;
	return {
		title: "What its owner must set in Google Cloud Storage",
		how: "Save this as cors.json, and run the command below it:",
		rule,
	};
}

function azure(page: string): CorsHelp {
	const rule = `az storage cors add --services b --methods GET HEAD --origins ${page} \\\n  --allowed-headers Range --exposed-headers "Content-Range,Content-Length,ETag" \\\n  --max-age 3600 --account-name ACCOUNT`;
	return { title: "What its owner must set in Azure Storage", how: "Run this command:", rule };
}

function json(value: unknown): string {
	return JSON.stringify(value, null, 2);
}

function hostOf(source: string): string {
	try {
		return new URL(source).hostname;
	} catch {
		return "";
	}
}
