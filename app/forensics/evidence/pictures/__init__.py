"""Pictures of findings: network, timeline and chains, as SVG, PNG and Vega-Lite."""
