"use strict";

const colours = ["#0b6e99", "#d1495b", "#3f8f4f", "#e0912f", "#7a5195"];
const layers = distinct([...report.runs, ...report.times].map((one) => one.layer));
const grid = { stroke: "#eceff3", width: 1 };
const axis = { grid, stroke: "#667085", ticks: { show: false } };

// A line a layer through its own points, which need not share places with those of another.
function plot(id, lines, x, y, height) {
  const host = byId(id);
  host.replaceChildren();
  const places = distinct(lines.flatMap((line) => line.points.map((point) => point[0]))).sort((one, other) => one - other);
  const columns = lines.map((line) => {
    const byPlace = new Map(line.points);
    return places.map((place) => byPlace.get(place) ?? null);
  });
  const options = {
    width: host.clientWidth,
    height,
    // Until the pointer is over the plot, the legend shows how it ended.
    hooks: { ready: [(made) => made.setLegend({ idxs: [places.length - 1, ...columns.map((column) => column.findLastIndex((at) => at !== null))] })] },
    scales: { x: { time: false, ...x.scale }, y: y.scale },
    axes: [
      { ...axis, label: x.label, labelSize: 22, size: 34, values: (_, ticks) => ticks.map((tick) => (tick == null ? "" : x.format(tick))) },
      { ...axis, size: 66, values: (_, ticks) => ticks.map((tick) => (tick == null ? "" : y.format(tick))) },
    ],
    series: [
      { label: x.label, value: (_, value) => (value == null ? "" : x.format(value)) },
      ...lines.map((line) => ({
        label: line.label ?? line.layer,
        dash: line.dash,
        stroke: colours[layers.indexOf(line.layer) % colours.length],
        width: 2,
        spanGaps: true,
        points: { show: true, size: 6 },
        value: (_, value) => (value == null ? "" : y.format(value)),
      })),
    ],
  };
  plots.push(new uPlot(options, [places, ...columns], host));
}

const curve = (place, value) => report.runs.map((run) => ({
  layer: run.layer,
  points: run.epochs.map((epoch, i) => [place(epoch, i), value(epoch, run)]),
})).filter((line) => line.points.some(([, at]) => at !== null));

function duration(seconds) {
  if (seconds >= 1) return `${+seconds.toPrecision(3)} s`;
  return seconds >= 1e-3 ? `${+(1e3 * seconds).toPrecision(3)} ms` : `${+(1e6 * seconds).toPrecision(3)} us`;
}

const megabytes = (bytes) => `${+(bytes / 1e6).toPrecision(3)} MB`;

function row(run) {
  const last = run.epochs.at(-1);
  const line = document.createElement("tr");
  const layer = element("td", run.layer);
  if (run.setting) layer.append(element("br"), element("small", run.setting));
  line.append(
    layer, element("td", run.words.toLocaleString("en"), "number"),
    element("td", duration(run.secondsPerEpoch), "number"), element("td", duration(run.outputSecondsPerEpoch), "number"),
    element("td", run.stabilizationSecondsPerEpoch > 0 ? duration(run.stabilizationSecondsPerEpoch) : "", "number"),
    meter(last.top1, 1), meter(last.top10, 1),
    element("td", last.perplexity === null ? "" : last.perplexity.toFixed(1), "number"),
    element("td", megabytes(run.keptBytes), "number"), element("td", megabytes(run.allocatedBytes), "number"));
  return line;
}

const stabilised = (point) => point.seconds + point.stabilizationSeconds;
const times = layers.flatMap((layer) => {
  const own = report.times.filter((point) => point.layer === layer);
  const line = (value) => own.map((point) => [point.words, value(point)]);
  const alone = { layer, points: line((point) => point.seconds) };
  const both = { layer, label: `${layer} with stabilisation`, dash: [6, 4], points: line(stabilised) };
  return own.some((point) => point.stabilizationSeconds > 0) ? [alone, both] : [alone];
}).filter((line) => line.points.length > 0);
const seconds = { label: "seconds", format: (value) => +value.toPrecision(3) };
const epochs = { label: "epoch", format: (value) => (Number.isInteger(value) ? value : "") };
const accuracy = { format: (value) => percent(value, 1) };
plot("times", times, { label: "words", scale: { distr: 3 }, format: (value) => value.toLocaleString("en") }, { scale: { distr: 3 }, format: duration }, 320);
plot("top10", curve((epoch) => epoch.seconds, (epoch) => epoch.top10), seconds, accuracy, 260);
plot("top1", curve((epoch) => epoch.seconds, (epoch) => epoch.top1), seconds, accuracy, 260);
plot("perplexity", curve((_, i) => i + 1, (epoch) => epoch.perplexity), epochs, { format: (value) => value.toFixed(0) }, 260);
plot("loss", curve((_, i) => i + 1, (epoch, run) => epoch.trainingLoss / run.epochs[0].trainingLoss), epochs, { format: (value) => value.toFixed(2) }, 260);
byId("summary").textContent =
  `${report.verses.toLocaleString("en")} verses with ${report.trainingWords.toLocaleString("en")} words to learn from, ` +
  `${report.heldOutVerses.toLocaleString("en")} with ${report.testWords.toLocaleString("en")} held out, ` +
  `${report.vocabulary.toLocaleString("en")} different words, seed ${report.seed}, ${distinct(report.runs.map((run) => run.backend)).join(", ")}.`;
byId("runs").replaceChildren(...report.runs.map(row));
showMachine("");
