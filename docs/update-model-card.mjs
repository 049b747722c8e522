// Runs `predictor evaluate` for both boards under every protocol and writes the figures into energy-model-card.md,
// between its two marker lines. Usage: dotnet build EnergyManager.Web && node docs/update-model-card.mjs
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const program = fileURLToPath(new URL("../EnergyManager.Web/bin/Debug/net10.0/EnergyManager.Web.dll", import.meta.url));
const card = fileURLToPath(new URL("energy-model-card.md", import.meta.url));
const begin = "<!-- figures: begin, written by update-model-card.mjs -->";
const end = "<!-- figures: end -->";

const evaluate = (device, group, options) =>
    JSON.parse(execFileSync("dotnet", [program, "predictor", "evaluate", "--device", device, "--group", group, ...options, "--json"], { encoding: "utf8" }));

const percent = share => (100 * share).toFixed(1);
const lines = [];
for (const [title, options] of [["Duration known (`measured_latency`)", []], ["Duration predicted too (`static`)", ["--static"]]]) {
    lines.push(
        "", `**${title}**`, "",
        "| board, held out | rows | MAPE % | median APE % | R2 | MAE mWh | within 10 % | 90 % interval holds | interval high / low | MACs line: MAPE %, R2 | constant power: MAPE %, R2 |",
        "|---|---|---|---|---|---|---|---|---|---|---|");
    for (const device of ["jetson-nano", "raspberry-pi-5"]) {
        for (const group of ["Random", "Architecture", "Family"]) {
            const r = evaluate(device, group, options);
            const baseline = b => `${percent(b.mape)}, ${b.r2.toFixed(3)}`;
            lines.push(`| ${[
                `${device}, ${group.toLowerCase()}`, r.rows, percent(r.mape), percent(r.median_ape), r.r2.toFixed(3), r.mae_mwh.toFixed(1), `${percent(r.within10)} %`,
                `${percent(r.coverage90)} %`, r.mean_interval_ratio.toFixed(2), baseline(r.baseline_macs), baseline(r.baseline_constant_power),
            ].join(" | ")} |`);
        }
    }
}

const text = readFileSync(card, "utf8");
const [head, rest] = [text.slice(0, text.indexOf(begin) + begin.length), text.slice(text.indexOf(end))];
if (!head.endsWith(begin) || !rest.startsWith(end))
    throw new Error(`${card} has not the marker lines "${begin}" and "${end}".`);
writeFileSync(card, `${head}${lines.join("\n")}\n\n${rest}`);
