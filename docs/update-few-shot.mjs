// Runs `predictor evaluate --few-shot` and writes the figures into few-shot.md, between its two marker lines.
// Usage: dotnet build EnergyManager.Web -c Release && node docs/update-few-shot.mjs
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const program = fileURLToPath(new URL("../EnergyManager.Web/bin/Release/net10.0/EnergyManager.Web.dll", import.meta.url));
const page = fileURLToPath(new URL("few-shot.md", import.meta.url));
const begin = "<!-- figures: begin, written by update-few-shot.mjs -->";
const end = "<!-- figures: end -->";

const report = JSON.parse(execFileSync("dotnet", [program, "predictor", "evaluate", "--few-shot", "--json"], { encoding: "utf8" }));
const percent = share => (100 * share).toFixed(1);
const lines = [];
for (const [title, mode] of [["Duration known: MAPE of run energy, %", "measured"], ["Nothing has run: MAPE of the energy of an inference, %", "static"]]) {
    lines.push(
        "", `**${title}**`, "",
        "| new board, starting from | own rows | few-shot | (a) other board as it is | (b) constant power | (c) trees on own rows | 90 % interval holds | interval high / low |",
        "|---|---|---|---|---|---|---|---|");
    for (const r of report.results) {
        const e = r[mode];
        const least = Math.min(e.few_shot, e.base, e.constant, e.own_trees);
        const cell = share => share === least ? `**${percent(share)}**` : percent(share);
        lines.push(`| ${[
            `${r.new_board}, ${r.nearest_board}`, r.rows, cell(e.few_shot), cell(e.base), cell(e.constant), cell(e.own_trees),
            `${percent(r[`${mode}_coverage90`])} %`, r[`${mode}_interval_ratio`].toFixed(1),
        ].join(" | ")} |`);
    }
}

const text = readFileSync(page, "utf8");
const [head, rest] = [text.slice(0, text.indexOf(begin) + begin.length), text.slice(text.indexOf(end))];
if (!head.endsWith(begin) || !rest.startsWith(end))
    throw new Error(`${page} has not the marker lines "${begin}" and "${end}".`);
writeFileSync(page, `${head}${lines.join("\n")}\n\n${rest}`);
