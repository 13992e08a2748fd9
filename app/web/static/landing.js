// The landing page as a client of the public API: facts, a chart, and queries to try.
const results = document.getElementById("results");
const address = document.getElementById("address");
const curl = document.getElementById("curl");
const SVG = "http://www.w3.org/2000/svg";
const CATEGORIES = ["diplomatic", "informational", "military", "economic"];

async function get(path) {
  const answer = await fetch(path, { headers: { Accept: "application/json" } });
  const body = await answer.json();
  if (!answer.ok) throw new Error(body.detail ?? answer.statusText);
  return body;
}

function element(name, text, className) {
  const made = document.createElement(name);
  if (text) made.textContent = text;
  if (className) made.className = className;
  return made;
}

// The API escapes highlights and adds nothing but <mark>; still only that is taken over.
function marked(html) {
  const paragraph = element("p");
  for (const part of html.split(/(<mark>.*?<\/mark>)/)) {
    const found = part.match(/^<mark>(.*)<\/mark>$/);
    const plain = new DOMParser().parseFromString(found ? found[1] : part, "text/html").body.textContent;
    paragraph.append(found ? element("mark", plain) : plain);
  }
  return paragraph;
}

function shown(event) {
  const item = element("li");
  item.append(event.highlight ? marked(event.highlight) : element("p", event.summary));
  const place = [event.place, event.countries.join(", ")].filter(Boolean).join(", ");
  const marks = event.state_media_marked ? ", state media" : "";
  const facts = element("p", `${event.published_on} · ${event.outlet}${marks} · ${event.actors.join(", ") || "no actor"} → ${place || "no country"} · ${event.status} · `, "facts");
  facts.append(element("span", event.category, event.category));
  item.append(facts);
  return item;
}

async function show(path) {
  address.href = path;
  address.textContent = path;
  curl.textContent = `curl '${location.origin}${path}'`;
  try {
    const page = await get(path);
    results.replaceChildren(...page.items.map(shown));
    if (page.items.length === 0) {
      const hints = (page.meta.hints ?? []).map((hint) => hint.reason).join("; ");
      results.append(element("li", `Nothing found. ${hints}`));
    }
  } catch (error) {
    results.replaceChildren(element("li", error.message));
  }
}

function draw(weeks) {
  const chart = document.createElementNS(SVG, "svg");
  const highest = Math.max(1, ...weeks.map((week) => week.count));
  chart.setAttribute("viewBox", `0 0 ${weeks.length * 10} 100`);
  chart.setAttribute("preserveAspectRatio", "none");
  weeks.forEach((week, index) => {
    let y = 100;
    for (const category of CATEGORIES) {
      const height = (100 * (week.split[category] ?? 0)) / highest;
      const bar = document.createElementNS(SVG, "rect");
      y -= height;
      for (const [name, value] of Object.entries({ x: index * 10 + 1, y, width: 8, height })) bar.setAttribute(name, value);
      bar.setAttribute("class", category);
      const title = document.createElementNS(SVG, "title");
      title.textContent = `Week of ${week.start}: ${week.split[category] ?? 0} ${category} of ${week.count}`;
      bar.append(title);
      chart.append(bar);
    }
  });
  document.getElementById("timeline").replaceChildren(chart);
}

async function start() {
  for (const button of document.querySelectorAll("[data-query]")) {
    button.addEventListener("click", () => {
      for (const other of document.querySelectorAll("[data-query]")) other.setAttribute("aria-pressed", other === button);
      show(button.dataset.query);
    });
  }
  document.getElementById("search").addEventListener("submit", (event) => {
    event.preventDefault();
    const q = new FormData(event.target).get("q");
    show(`/v1/events?${new URLSearchParams({ q, highlights: true, limit: 5 })}`);
  });
  document.querySelector("[data-query]").click();
  const { coverage } = await get("/v1/meta");
  const facts = { events: coverage.events, first: coverage.first_published_on, last: coverage.last_published_on, editions: coverage.editions };
  for (const [name, value] of Object.entries(facts)) {
    document.querySelector(`[data-fact="${name}"]`).textContent = value ?? "none";
  }
  const { items } = await get("/v1/events/timeline?interval=week&split=category");
  if (items.length > 0) draw(items.slice(-260));
}

start();
