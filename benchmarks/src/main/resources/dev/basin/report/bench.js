"use strict";

const colours = { panama: "#0b6e99", javacpp: "#e0912f", java: "#3f8f4f", reference: "#6b705c" };
const others = ["#7a5195", "#ef5675", "#58508d", "#ffa600", "#2f4b7c", "#a05195"];
const times = (value) => `${value.toFixed(value < 10 ? 1 : 0)} x`;
const title = (row) => `${row.kernel}${row.part ? " " + row.part : ""}, ${row.shape}`;
const share = (row) => (row.bytes > 0 ? row.ceilingNanos / row.nanos : null);
// A backend, with its instruction set where it was timed on several.
const sets = (backend) => distinct(report.rows.filter((row) => row.backend === backend).map((row) => row.isa));
const named = (row) => (sets(row.backend).length > 1 ? `${row.backend}, ${row.isa}` : row.backend);
const backends = distinct(report.rows.map(named));
const choices = distinct(report.rows.map(choiceOf));

function colourOf(name) {
  return colours[name] ?? others[Math.max(0, backends.indexOf(name)) % others.length];
}

function choiceOf(row) {
  return `${row.dtype}, ${row.threads} thread${row.threads === 1 ? "" : "s"}`;
}

// Groups of bars: a group a kernel and shape, a bar a backend.
function bars(id, rows, value, format, least) {
  const groups = distinct(rows.map(title));
  const shown = backends.filter((backend) => rows.some((row) => named(row) === backend));
  const columns = shown.map((backend) =>
    groups.map((group) => {
      const row = rows.find((one) => named(one) === backend && title(one) === group);
      return row ? value(row, rows) : null;
    }));
  const top = 1.05 * Math.max(least, ...columns.flat().filter(Number.isFinite));
  barPlot(id, groups, shown.map((name) => ({ name, colour: colourOf(name) })), columns, format, top);
}

// A line a contender at a piece of work, a logarithmic bar a number of threads.
function showPeers() {
  byId("peers-section").hidden = report.peers.length === 0;
  const threads = distinct(report.peers.map((row) => row.threads));
  const most = Math.max(...report.peers.map((row) => row.ratio));
  const works = distinct(report.peers.map(workOf));
  byId("peers-head").replaceChildren(
    element("th", "Work"), element("th", "Who"), ...threads.map((count) => element("th", `${count} thread${count === 1 ? "" : "s"}`, "bar")),
    element("th", "What it was allowed"));
  byId("peers").replaceChildren(...works.flatMap((work) =>
    distinct(report.peers.filter((row) => workOf(row) === work).map((row) => row.contender)).map((contender, i) => {
      const rows = report.peers.filter((row) => workOf(row) === work && row.contender === contender);
      const made = document.createElement("tr");
      made.append(
        element("td", i === 0 ? work : ""), element("td", contender),
        ...threads.map((count) => timesBasin(rows.find((row) => row.threads === count), most)), element("td", rows[0].allowed));
      return made;
    })));
}

function workOf(row) {
  return `${row.work}, ${row.shape}`;
}

function timesBasin(row, most) {
  if (row === undefined) return document.createElement("td");
  return gauge(times(row.ratio), Math.max(0.01, Math.log(row.ratio * 2) / Math.log(most * 2)));
}

function barPlot(id, groups, series, columns, format, top) {
  const host = byId(id);
  host.replaceChildren();
  const grid = { stroke: "#eceff3", width: 1 };
  const width = 0.8 / series.length;
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
      ...series.map(({ name, colour }, number) => ({
        label: name,
        fill: colour,
        stroke: colour,
        points: { show: false },
        value: (_, number) => (number == null ? "" : format(number)),
        paths: besideEachOther(number, series.length, width),
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
  const shown = backends.filter((backend) => points.some((row) => named(row) === backend));
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
        label: backend, stroke: colourOf(backend), paths: () => null,
        points: { show: true, size: 8, fill: colourOf(backend) },
        value: (_, value) => value == null ? "" : value.toFixed(1),
      })),
    ],
  };
  const columns = [
    points.map((row) => row.operations / row.bytes),
    points.map((row) => row.operations / row.ceilingNanos),
    ...shown.map((backend) => points.map((row) => (named(row) === backend ? row.operations / row.nanos : null))),
  ];
  plots.push(new uPlot(options, columns, host));
}

function overFastest(row, rows) {
  return row.nanos / Math.min(...rows.filter((one) => title(one) === title(row)).map((one) => one.nanos));
}

function overOneThread(row) {
  const one = report.rows.find((other) =>
    other.threads === 1 && named(other) === named(row) && other.dtype === row.dtype && title(other) === title(row));
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
    element("td", `${row.kernel} ${row.part}`), element("td", row.shape), element("td", row.dtype), element("td", named(row)),
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
showPeers();
offer("choices", choices, choices.at(-1), show);
