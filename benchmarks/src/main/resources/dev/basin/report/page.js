"use strict";

const byId = (id) => document.getElementById(id);
const percent = (value, digits = 0) => `${(100 * value).toFixed(digits)} %`;
const distinct = (values) => [...new Set(values)];
let plots = [];

function element(tag, text, className) {
  const made = document.createElement(tag);
  made.textContent = text ?? "";
  made.className = className ?? "";
  return made;
}

// A share as a number and a bar; an empty cell where there is none.
function meter(share, digits) {
  return share === null ? document.createElement("td") : gauge(percent(share, digits), share);
}

// A cell with words and a bar that is full at 1.
function gauge(words, part) {
  const cell = document.createElement("td");
  const box = element("div", "", "meter");
  const track = document.createElement("i");
  const fill = document.createElement("b");
  fill.style.width = percent(Math.min(1, part), 1).replace(" ", "");
  track.append(fill);
  box.append(element("span", words), track);
  cell.append(box);
  return cell;
}

function removePlots() {
  plots.forEach((old) => old.destroy());
  plots = [];
}

// Buttons of which one is pressed at a time, the given one first.
function offer(id, choices, first, show) {
  const press = (choice) => {
    show(choice);
    for (const button of byId(id).children) {
      button.setAttribute("aria-pressed", String(button.textContent === choice));
    }
  };
  byId(id).replaceChildren(...choices.map((choice) => {
    const made = element("button", choice);
    made.addEventListener("click", () => press(choice));
    return made;
  }));
  press(first);
}

// What was measured on, with what more there is to say of the processor.
function showMachine(more) {
  const { processor, processors, system, jdk } = report.machine;
  byId("machine").textContent = `${processor}, ${processors} processors${more}; ${system}; ${jdk}; ${report.date}`;
}

addEventListener("resize", () => plots.forEach((one) => one.setSize({ width: one.root.parentNode.clientWidth, height: one.height })));
