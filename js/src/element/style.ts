/** How the element looks unless its page says otherwise, by custom properties or by parts. */

export const STYLE = `
:host {
	display: block;
	block-size: var(--zarrscope-height, 24rem);
	contain: content;
	text-decoration-color: Canvas;
}
:host([hidden]), [hidden] { display: none !important; }
.frame {
	--back: #fff; --text: #18202a; --muted: #4b5866; --line: #dde2e8; --accent: #0b6896; --bad: #a3261d;
	box-sizing: border-box;
	position: relative;
	inline-size: 100%;
	block-size: 100%;
	overflow: hidden;
	background: var(--zarrscope-background, var(--back));
	border: var(--zarrscope-border, none);
	border-radius: var(--zarrscope-radius, 0);
	color: var(--zarrscope-color, var(--text));
	font: var(--zarrscope-font, 0.875rem/1.4 system-ui, sans-serif);
}
.light { color-scheme: light; }
.dark {
	color-scheme: dark;
	--back: #11161d; --text: #e6ecf3; --muted: #a5b2c0; --line: #28313c; --accent: #5ebce8; --bad: #ff9d92;
}
canvas { display: block; inline-size: 100%; block-size: 100%; }
.status {
	position: absolute;
	inset: auto 0 0 0;
	display: flex;
	gap: 0.75em;
	align-items: center;
	padding: 0.5em 0.75em;
	background: var(--zarrscope-background, var(--back));
	color: var(--zarrscope-muted-color, var(--muted));
}
progress { flex: 1; accent-color: var(--zarrscope-accent-color, var(--accent)); }
.readout {
	position: absolute;
	inset: 0 auto auto 0;
	max-inline-size: 60%;
	padding: 0.3em 0.6em;
	pointer-events: none;
	background: var(--zarrscope-readout-background, var(--zarrscope-background, var(--back)));
	border: 1px solid var(--zarrscope-line-color, var(--line));
	border-radius: 4px;
}
.readout b { display: block; }
.error {
	position: absolute;
	inset: 0;
	margin: 0;
	padding: 1em;
	overflow: auto;
	background: var(--zarrscope-background, var(--back));
	color: var(--zarrscope-error-color, var(--bad));
	overflow-wrap: anywhere;
	white-space: pre-line;
}
`;
