// The budget's burn as lines over months; the table under it has the same figures and needs no script.
"use strict";

(async () => {
  const place = document.querySelector("[data-burn]");
  if (!place || !window.echarts) return;
  const answer = await fetch(place.dataset.burn);
  if (!answer.ok) return;
  const burn = await answer.json();
  const style = getComputedStyle(document.documentElement);
  const colour = (name) => style.getPropertyValue(name).trim();
  const family = getComputedStyle(document.body).fontFamily;
  const words = [burn.title, ...burn.series.map((one) => one.name)].join("");
  await Promise.all(["400 12px", "600 14px"].map((f) => document.fonts.load(`${f} ${family}`, words)));
  const chart = echarts.init(place, null, { renderer: "canvas" });
  const names = ["--series-4", "--series-1", "--series-3"];
  chart.setOption({
    animation: false,
    textStyle: { fontFamily: family },
    title: { text: burn.title, textStyle: { color: colour("--text"), fontSize: 14, fontWeight: 600 } },
    tooltip: { trigger: "axis", renderMode: "richText" },
    legend: { top: 0, right: 0, textStyle: { color: colour("--quiet") } },
    grid: { left: 8, right: 16, bottom: 8, top: 48, containLabel: true },
    xAxis: { type: "category", data: burn.months, axisLabel: { color: colour("--quiet") } },
    yAxis: { type: "value", min: 0, axisLabel: { color: colour("--quiet") },
      splitLine: { lineStyle: { color: colour("--line") } } },
    series: burn.series.map((one, at) => ({
      type: "line", name: one.name, data: one.data, step: one.step ? "end" : false, symbolSize: 6,
      lineStyle: { width: 2 }, itemStyle: { color: colour(names[at]) },
    })),
  });
  addEventListener("resize", () => chart.resize());
})();
