"use strict";

const colours = { panama: "#0b6e99", javacpp: "#e0912f", java: "#3f8f4f", reference: "#6b705c" };
const times = (value) => `${value.toFixed(value < 10 ? 1 : 0)} x`;
const title = (row) => `${row.kernel}${row.part ? " " + row.part : ""}, ${row.shape}`;
const share = (row) => (row.bytes > 0 ? row.ceilingNanos / row.nanos : null);
const backends = distinct(report.rows.map((row) => row.backend));
const choices = distinct(report.rows.map(choiceOf));

function choiceOf(row) {
  return `${row.dtype}, ${row.threads} thread${row.threads === 1 ? "" : "s"}`;
}

// Groups of bars: a group a kernel and shape, a bar a backend.
function bars(id, rows, value, format, least) {
  const host = byId(id);
  host.replaceChildren();
  const groups = distinct(rows.map(title));
  const shown = backends.filter((backend) => rows.some((row) => row.backend === backend));
  const columns = shown.map((backend) =>
    groups.map((group) => {
      const row = rows.find((one) => one.backend === backend && title(one) === group);
      return row ? value(row, rows) : null;
    }));
  const grid = { stroke: "#eceff3", width: 1 };
  const top = 1.05 * Math.max(least, ...columns.flat().filter(Number.isFinite));
  const width = 0.8 / shown.length;
  const options = {
    width: host.clientWidth,
    height: 440,
    padding: [null, 90, null, null],   // the last labels lean out to the right
    cursor: { x: false, y: false, points: { show: false } },
    scales: { x: { time: false, range: [-0.6, groups.length - 0.4] }, y: { range: [0, top] } },
    axes: [
      {
        rotate: -60, size: 210, gap: 4, grid: { show: false }, stroke: "#667085", ticks: { show: false }, space: 1,
        font: "11px system-ui, sans-serif",
        splits: () => groups.map((_, i) => i), values: (_, ticks) => ticks.map((tick) => groups[tick] ?? ""),
      },
      { size: 58, grid, stroke: "#667085", ticks: { show: false }, values: (_, ticks) => ticks.map((tick) => format(tick)) },
    ],
    series: [
      { label: "kernel", value: (_, i) => (i == null ? "" : groups[Math.round(i)] ?? "") },
      ...shown.map((backend, number) => ({
        label: backend,
        fill: colours[backend] ?? "#7a5195",
        stroke: colours[backend] ?? "#7a5195",
        points: { show: false },
        value: (_, number) => (number == null ? "" : format(number)),
        paths: besideEachOther(number, shown.length, width),
      })),
    ],
  };
  plots.push(new uPlot(options, [groups.map((_, i) => i), ...columns], host));
}

function besideEachOther(number, count, width) {
  return uPlot.paths.bars({
    size: [width, Infinity],
    align: 0,
    disp: {
      x0: { unit: 1, values: (plot) => plot.data[0].map((x) => x + (number - count / 2) * width) },
      size: { unit: 1, values: (plot) => plot.data[0].map(() => width) },
    },
  });
}

// A point a kernel and shape; the line joins what each could reach if it only had to move its bytes.
function roofline(id, rows) {
  const host = byId(id);
  host.replaceChildren();
  const points = rows.filter((row) => row.bytes > 0 && row.operations > 0)
    .sort((one, other) => one.operations / one.bytes - other.operations / other.bytes);
  if (points.length === 0) return;
  const shown = backends.filter((backend) => points.some((row) => row.backend === backend));
  const grid = { stroke: "#eceff3", width: 1 };
  const axis = { grid, stroke: "#667085", ticks: { show: false }, values: (_, ticks) => ticks.map((tick) => tick == null ? "" : String(+tick.toPrecision(2))) };
  const options = {
    width: host.clientWidth,
    height: 380,
    scales: { x: { time: false, distr: 3 }, y: { distr: 3 } },
    axes: [{ ...axis, label: "operations a byte" }, { ...axis, size: 58, label: "operations a nanosecond" }],
    series: [
      { label: "kernel", value: (_, value, __, i) => (i == null ? "" : title(points[i])) },
      { label: "memory alone", stroke: "#98a2b3", dash: [6, 4], points: { show: false }, value: (_, value) => value == null ? "" : value.toFixed(1) },
      ...shown.map((backend) => ({
        label: backend, stroke: colours[backend] ?? "#7a5195", paths: () => null,
        points: { show: true, size: 8, fill: colours[backend] ?? "#7a5195" },
        value: (_, value) => value == null ? "" : value.toFixed(1),
      })),
    ],
  };
  const columns = [
    points.map((row) => row.operations / row.bytes),
    points.map((row) => row.operations / row.ceilingNanos),
    ...shown.map((backend) => points.map((row) => (row.backend === backend ? row.operations / row.nanos : null))),
  ];
  plots.push(new uPlot(options, columns, host));
}

function overFastest(row, rows) {
  return row.nanos / Math.min(...rows.filter((one) => title(one) === title(row)).map((one) => one.nanos));
}

function overOneThread(row) {
  const one = report.rows.find((other) =>
    other.threads === 1 && other.backend === row.backend && other.dtype === row.dtype && title(other) === title(row));
  return one ? one.nanos / row.nanos : null;
}

function show(choice) {
  removePlots();
  const rows = report.rows.filter((row) => choiceOf(row) === choice);
  bars("share", rows.filter((row) => row.bytes > 0), share, percent, 1);
  roofline("roofline", rows);
  bars("backends", rows, overFastest, times, 2);
  const several = rows.some((row) => row.threads > 1 && overOneThread(row) !== null);
  byId("threads-figure").hidden = !several;
  if (several) bars("threads", rows, overOneThread, times, 2);
}

function line(row) {
  const moves = row.bytes > 0;
  const made = document.createElement("tr");
  const micros = row.nanos / 1000;
  made.append(
    element("td", `${row.kernel} ${row.part}`), element("td", row.shape), element("td", row.dtype), element("td", row.backend),
    element("td", String(row.threads), "number"),
    element("td", micros < 1000 ? `${micros.toFixed(1)} us` : `${(micros / 1000).toFixed(2)} ms`, "number"),
    element("td", percent(row.spread), "number"),
    element("td", row.operations > 0 ? (row.operations / row.nanos).toFixed(1) : "", "number"), element("td", moves ? (row.bytes / 1e6).toFixed(1) : "", "number"),
    element("td", moves ? (row.bytes / row.nanos).toFixed(1) : "", "number"),
    element("td", moves ? (row.bytes / row.ceilingNanos).toFixed(1) : "", "number"), meter(share(row)));
  return made;
}

byId("summary").textContent = `${report.rows.length} figures of ${distinct(report.rows.map((row) => row.kernel)).length} kernels; ${report.command}`;
byId("runs").replaceChildren(...report.rows.map(line));
showMachine(`, ${distinct(report.rows.map((row) => row.isa)).join(", ")}`);
offer("choices", choices, choices.at(-1), show);
