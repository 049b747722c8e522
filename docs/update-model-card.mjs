// Runs `predictor evaluate` for both boards under every protocol and writes the figures into energy-model-card.md,
// between its two marker lines. Usage: dotnet build EnergyManager.Web -c Release && node docs/update-model-card.mjs
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const program = fileURLToPath(new URL("../EnergyManager.Web/bin/Release/net10.0/EnergyManager.Web.dll", import.meta.url));
const card = fileURLToPath(new URL("energy-model-card.md", import.meta.url));
const begin = "<!-- figures: begin, written by update-model-card.mjs -->";
const end = "<!-- figures: end -->";
const devices = ["jetson-nano", "raspberry-pi-5"];

const evaluate = (device, group, options) =>
    JSON.parse(execFileSync("dotnet", [program, "predictor", "evaluate", "--device", device, "--group", group, ...options, "--json"], { encoding: "utf8" }));

const percent = share => (100 * share).toFixed(1);
const baseline = b => `${percent(b.mape)} / ${b.r2.toFixed(3)}`;

const figures = (device, group, r) => `| ${[
    `${device}, ${group.toLowerCase()}`, r.rows, percent(r.mape), percent(r.median_ape), r.r2.toFixed(3), r.mae_mwh.toFixed(1), `${percent(r.within10)} %`,
    `${percent(r.coverage90)} %`, `${percent(r.coverage95)} %`, r.mean_interval_ratio.toFixed(2), baseline(r.baseline_macs), baseline(r.baseline_constant_power),
].join(" | ")} |`;

// A campaign that is held out whole is a set-up that nobody has told, so there is no such line among the known ones.
const modes = [
    ["Duration known, set-up known", ["Random", "Architecture", "Family"], []],
    ["Duration known, set-up new", ["Random", "Architecture", "Family", "Campaign"], ["--new-setup"]],
    ["Nothing has run (`static`)", ["Random", "Architecture", "Family", "Campaign"], ["--static"]],
];

const lines = [];
for (const [title, groups, options] of modes) {
    lines.push(
        "", `**${title}**`, "",
        "| board, held out | rows | MAPE % | median APE % | R2 | MAE mWh | within 10 % | 90 % interval holds | 95 % interval holds | 90 % interval, high / low | line through MACs, MAPE % / R2 | constant power, MAPE % / R2 |",
        "|---|---|---|---|---|---|---|---|---|---|---|---|");
    for (const device of devices)
        for (const group of groups)
            lines.push(figures(device, group, evaluate(device, group, options)));
}

for (const [title, options] of [["duration known", []], ["nothing has run", ["--static"]]]) {
    lines.push("", `**Permutation importance, ${title}**: growth of the mean absolute error of ln energy when a feature is shuffled among held-out architectures; the eight greatest.`, "");
    for (const device of devices) {
        const { importance } = evaluate(device, "Architecture", [...options, "--repeats", "1", "--importance"]);
        lines.push(`- ${device}: ${importance.slice(0, 8).map(i => `\`${i.feature}\` ${i.error_increase.toFixed(3)}`).join(", ")}`);
    }
}

const text = readFileSync(card, "utf8");
const [head, rest] = [text.slice(0, text.indexOf(begin) + begin.length), text.slice(text.indexOf(end))];
if (!head.endsWith(begin) || !rest.startsWith(end))
    throw new Error(`${card} has not the marker lines "${begin}" and "${end}".`);
writeFileSync(card, `${head}${lines.join("\n")}\n\n${rest}`);
