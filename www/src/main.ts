/** The dashboard: makes the views, and keeps the address and the question the same. */

import { type Files, init, registerFiles } from "zarrscope";
import { Asker } from "./asker.js";
import { fill, h } from "./dom.js";
import { isLocal, LOST_NOTICE } from "./local-source.js";
import { VALUES } from "./operations.js";
import { NO_QUESTION, type Question } from "./question.js";
import { withoutSecrets } from "./secrets.js";
import { type State, Store } from "./state.js";
import { startTheme } from "./theme.js";
import { nameOf } from "./title.js";
import { fromHash, linkTo, toHash } from "./url-state.js";
import { companionChoice } from "./views/companion-choice.js";
import { costCard } from "./views/cost-card.js";
import { datasetView } from "./views/dataset-view.js";
import { errorPanel } from "./views/error-panel.js";
import { figure } from "./views/figure.js";
import { header } from "./views/header.js";
import { localData } from "./views/local-data.js";
import { notices } from "./views/notices.js";
import { runControls } from "./views/run-controls.js";
import { readSamples, sampleSource, samples } from "./views/samples.js";
import { selectionControls } from "./views/selection-controls.js";
import { sourceBar } from "./views/source-bar.js";
import { stepList } from "./views/step-list.js";

const store = new Store();
const asker = new Asker(store);

const open = (wanted: string) => {
	const { source: now } = store.state.question;
	// The field shows an address without its signature; opening it again is to use the signature again.
	const source = withoutSecrets(now).address === wanted ? now : wanted;
	const { removed } = withoutSecrets(source);
	const notice = `Links to this page leave out what may be secret in the address: ${removed.join(", ")}.`;
	void asker.open({ ...NO_QUESTION, source }, false, removed.length > 0 ? [notice] : []);
};
const openFiles = async (files: Files | Promise<Files>) => {
	try {
		open(await registerFiles(await files));
	} catch (error) {
		store.update({ failure: { error, of: "open" } });
	}
};
const retry = ({ of }: { of: "open" | "run" }) => {
	const { question } = store.state;
	if (of === "open") void asker.open(question, asksMore(question));
	else asker.change(question);
};

/** Whether a question is more than the wish to see a variable. */
function asksMore({ steps, select }: Question): boolean {
	return steps[0].op !== VALUES.name || Object.keys(select).length > 0;
}

function layout(): void {
	const controls = h(
		"section",
		{ class: "card controls", "aria-label": "Question" },
		h("div", { class: "subject" }, selectionControls(store, asker), companionChoice(store, asker)),
		h("div", { class: "operation-row" }, stepList(store, asker), costCard(store, asker)),
		runControls(store, asker),
	);
	// Without a store there is nothing to ask.
	store.watch(
		(s) => [s.dataset === undefined],
		(_, none) => {
			controls.hidden = none;
		},
	);
	const app = document.querySelector("#app");
	if (!app) return;
	fill(
		app,
		header(),
		sourceBar(store, open),
		localData((files) => void openFiles(files)),
		samples(store),
		h(
			"main",
			{},
			notices(store),
			h("div", { class: "sidebar" }, datasetView(store, asker)),
			h("div", { class: "work" }, errorPanel(store, retry), controls, figure(store)),
		),
	);
}

/** What the variables of a question are called. */
function namesOf({ others, variable }: Question): string {
	return [variable, ...others].map(nameOf).join(", ");
}

/** The address follows the question: a new entry for other variables, so that Back leads to those before. */
function followQuestion(): void {
	let last: Question = NO_QUESTION;
	store.watch(
		(s) => [s.question, s.opening],
		(state, question, _opening) => {
			const isOther = namesOf(question) !== namesOf(last);
			const another = question.source !== last.source || (last.variable !== "" && isOther);
			const first = last === NO_QUESTION;
			last = question;
			document.title = [namesOf(question), "zarrscope"].filter(Boolean).join(" · ");
			const hash = addressOf(state);
			if (!question.source || state.opening || hash === location.hash) return;
			if (another && !first) history.pushState(null, "", hash);
			else history.replaceState(null, "", hash);
		},
	);
}

/** The question follows the address: links, Back, and what is typed into it. */
function followAddress(): void {
	const { asks, notices, question } = fromHash(location.hash);
	const now = store.state;
	if (location.hash === addressOf(now)) return;
	const array = now.dataset?.info.array(question.variable);
	if (!question.source) store.update({ notices });
	else if (question.source !== withoutSecrets(now.question.source).address || !array)
		void asker.open(question, asks, notices);
	else {
		store.update({ notices });
		// What is open may have been opened with a signature that links do not carry.
		if (asks) asker.change({ ...question, source: now.question.source });
		else asker.pick(array, question.others);
	}
}

/** The fragment that belongs to what is shown. */
function addressOf({ dataset, question }: State): string {
	return dataset ? toHash(question).hash : linkTo(question.source, question.variable);
}

async function start(): Promise<void> {
	// The core is compiled while the rest is read; if that fails, opening says why.
	void init().catch(() => {});
	startTheme();
	layout();
	followQuestion();
	addEventListener("hashchange", followAddress);
	const read = fromHash(location.hash);
	const lost = isLocal(read.question.source);
	const { asks, notices, question } = lost ? { ...read, notices: [LOST_NOTICE], question: NO_QUESTION } : read;
	if (question.source) void asker.open(question, asks, notices);
	const found = await readSamples();
	store.update({ samples: found });
	const [first] = found;
	if (first && !store.state.question.source) {
		void asker.open({ ...NO_QUESTION, source: sampleSource(first), variable: first.variable }, false, notices);
	}
}

void start();
