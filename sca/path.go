package sca

import (
	"slices"
	"strings"

	"github.com/merlonsec/merlon/report"
)

// A graph finds the shortest dependency path to components.
type graph struct {
	byID   map[string]*report.Component
	direct map[string][]*report.Component // by root
	from   map[string]map[string]string   // by root: component to the one before it on a shortest path
}

func newGraph(components []*report.Component) *graph {
	g := &graph{byID: make(map[string]*report.Component, len(components)), direct: map[string][]*report.Component{}, from: map[string]map[string]string{}}
	for _, c := range components {
		if c == nil || c.ID == "" {
			continue
		}
		if _, twice := g.byID[c.ID]; twice {
			continue
		}
		g.byID[c.ID] = c
		if c.Direct && c.Root != "" {
			g.direct[c.Root] = append(g.direct[c.Root], c)
		}
	}
	return g
}

// path returns the IDs from the root to c, both included. It is nil if c has
// no root or nothing is known to lead to it. Of paths of one length it is the first by IDs.
func (g *graph) path(c *report.Component) []string {
	if c.Root == "" || c.ID == "" {
		return nil
	}
	before, ok := g.from[c.Root]
	if !ok {
		before = g.walk(c.Root)
		g.from[c.Root] = before
	}
	if _, reached := before[c.ID]; !reached {
		return nil
	}
	var path []string
	for id := c.ID; id != ""; id = before[id] {
		path = append(path, id)
	}
	slices.Reverse(path)
	return path
}

// walk goes breadth first through what root depends on.
func (g *graph) walk(root string) map[string]string {
	before := map[string]string{root: ""}
	level := []string{root}
	for len(level) > 0 {
		var next []string
		for _, id := range level {
			for _, to := range g.edges(id) {
				if _, seen := before[to]; !seen {
					before[to] = id
					next = append(next, to)
				}
			}
		}
		level = next
	}
	return before
}

func (g *graph) edges(id string) []string {
	var to []string
	if c := g.byID[id]; c != nil {
		to = append(to, c.DependsOn...)
	}
	for _, d := range g.direct[id] {
		to = append(to, d.ID)
	}
	slices.SortFunc(to, strings.Compare)
	return slices.Compact(to)
}
