"use strict";

const colours = [
  "#0b6e99", "#d1495b", "#3f8f4f", "#e0912f", "#7a5195", "#6b705c", "#00a5b5", "#b5179e",
  "#8c564b", "#1f4e9c", "#9aa32b", "#ff6f59", "#2d936c", "#5c3d99", "#b08900", "#444b54",
];
const title = (run) => `${run.loss}, ${run.optimizer}`;
const backends = distinct(report.runs.map((run) => run.backend));
const titles = distinct(report.runs.map(title));

function plot(id, runs, field, height, format, scale) {
  const host = byId(id);
  host.replaceChildren();
  const longest = Math.max(...runs.map((run) => run[field].length));
  const epochs = Array.from({ length: longest }, (_, i) => i + 1);
  const grid = { stroke: "#eceff3", width: 1 };
  const options = {
    width: host.clientWidth,
    height,
    cursor: { points: { size: 7 }, sync: { key: "epochs" } },
    // Until the pointer is over the plot, the legend shows how it ended.
    hooks: { ready: [(made) => made.setLegend({ idx: longest - 1 })] },
    scales: { x: { time: false }, y: scale },
    axes: [
      { incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000], label: "epoch", labelSize: 22, size: 34, grid, stroke: "#667085", ticks: { show: false } },
      { size: 58, grid, stroke: "#667085", ticks: { show: false }, values: (_, ticks) => ticks.map((tick) => (tick === null ? "" : format(tick))) },
    ],
    series: [
      { label: "epoch" },
      ...runs.map((run) => ({
        label: title(run),
        stroke: colours[titles.indexOf(title(run)) % colours.length],
        width: 2,
        points: { show: false },
        value: (_, value) => (value == null ? "" : format(value)),
      })),
    ],
  };
  plots.push(new uPlot(options, [epochs, ...runs.map((run) => run[field])], host));
}

function highest(runs, field) {
  return Math.max(0.01, ...runs.flatMap((run) => run[field]).filter(Number.isFinite));
}

function show(backend) {
  removePlots();
  const runs = report.runs.filter((run) => run.backend === backend);
  const lowest = Math.min(0.9, ...runs.map((run) => run.accuracy - 0.02));
  plot("accuracy", runs, "testAccuracy", 300, (value) => percent(value, 1), { range: [lowest, 1.002] });
  plot("training-loss", runs, "trainingLoss", 240, (value) => value.toFixed(2), { range: [0, highest(runs, "trainingLoss") * 1.02] });
  plot("test-loss", runs, "testLoss", 240, (value) => value.toFixed(2), { range: [0, highest(runs, "testLoss") * 1.02] });
  byId("mistakes").replaceChildren(...runs.flatMap(mistakes));
}

function mistakes(run) {
  const count = run.mistakes.length;
  const strip = element("div", "", "strip");
  strip.append(...run.mistakes.slice(0, 20).map(mistake));
  return [element("p", `${title(run)}: ${count} of ${report.testCount} unseen digits taken for others.`, "note"), strip];
}

function mistake({ label, taken, pixels }) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 8;
  const context = canvas.getContext("2d");
  pixels.forEach((pixel, i) => {
    const grey = 255 - Math.round((pixel * 255) / 16);
    context.fillStyle = `rgb(${grey},${grey},${grey})`;
    context.fillRect(i % 8, Math.floor(i / 8), 1, 1);
  });
  const box = element("div", "", "mistake");
  box.append(canvas, element("div", `${label}, taken for ${taken}`));
  return box;
}

function row(run) {
  const line = document.createElement("tr");
  const weights = document.createElement("td");
  weights.append(element("code", run.checksum));
  line.append(
    element("td", run.backend), element("td", run.loss), element("td", run.optimizer), meter(run.accuracy, 1),
    element("td", run.finalLoss === null ? "" : run.finalLoss.toFixed(3), "number"), element("td", `${run.seconds.toFixed(2)} s`, "number"),
    element("td", `${(run.secondsPerStep * 1e6).toFixed(0)} µs`, "number"), meter(run.kernelShare, 0),
    element("td", `${run.stateBytes.toFixed(1)} B`, "number"), weights);
  return line;
}

const worst = Math.min(...report.runs.map((run) => run.accuracy));
byId("summary").textContent =
  `${report.trainingCount} digits to learn from, ${report.testCount} unseen ones to test with, seed ${report.seed}. ` +
  `Every run tells at least ${percent(worst, 1)} of the unseen ones right.`;
byId("runs").replaceChildren(...report.runs.map(row));
showMachine("");
offer("backends", backends, backends[0], show);
