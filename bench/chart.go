package main

import (
	"bytes"
	"fmt"
	"html"
)

// chart draws the requests per second of each case, with PostGraphile's as one: bars that can be compared across cases
// whose speeds differ tenfold. It is an SVG that follows the reader's choice of light or dark.
func (r *result) chart() []byte {
	const (
		left, width = 190, 430 // of the bars
		bar, gap    = 16, 14
	)
	colors := map[string]string{oursName: "ours", peerName: "peer", limitName: "limit"}
	type drawn struct {
		class, label string
		value        float64
	}
	most := 1.0
	var groups [][]drawn
	var names []string
	for _, o := range r.Experiments {
		base := o.at(peerName, mainClients)
		if base == nil {
			continue
		}
		var bars []drawn
		for _, server := range []string{oursName, peerName, limitName} {
			if s := o.at(server, mainClients); s != nil {
				times := s.against(base, window.perSecond)
				most = max(most, times)
				bars = append(bars, drawn{colors[server], fmt.Sprintf("%s/s  %s×", short(s.of(window.perSecond)), short(times)), times})
			}
		}
		groups, names = append(groups, bars), append(names, fmt.Sprintf("(%s) %s", o.Key, o.Name))
	}
	height := 64
	for _, bars := range groups {
		height += len(bars)*bar + gap
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 760 %d" width="760" height="%d" role="img" aria-label="Requests per second against PostGraphile">
<style>
text { font: 13px system-ui, sans-serif; fill: #1f2328 } .figure { font-size: 12px; fill: #59636e }
.ours { fill: #1f7a4d } .peer { fill: #8c96a0 } .limit { fill: #b9a14a }
@media (prefers-color-scheme: dark) { text { fill: #e6edf3 } .figure { fill: #9198a1 } .ours { fill: #3fb27f } .peer { fill: #6e7681 } .limit { fill: #a08a3c } }
</style>
<text x="0" y="16" font-weight="600">Requests per second at %d clients, with PostGraphile as 1×</text>
`, height, height, mainClients)
	for i, entry := range []string{oursName, peerName, limitName} {
		x := i * 150
		fmt.Fprintf(&b, `<rect class="%s" x="%d" y="28" width="12" height="12"/><text x="%d" y="39">%s</text>`+"\n", colors[entry], x, x+18, html.EscapeString(labels[entry]))
	}
	y := 60
	for i, bars := range groups {
		fmt.Fprintf(&b, `<text x="0" y="%d">%s</text>`+"\n", y+bar, html.EscapeString(names[i]))
		for _, d := range bars {
			length := max(2, d.value/most*width)
			fmt.Fprintf(&b, `<rect class="%s" x="%d" y="%d" width="%.1f" height="%d"/><text class="figure" x="%.1f" y="%d">%s</text>`+"\n",
				d.class, left, y, length, bar-2, left+length+6, y+bar-4, html.EscapeString(d.label))
			y += bar
		}
		y += gap
	}
	b.WriteString("</svg>\n")
	return b.Bytes()
}
