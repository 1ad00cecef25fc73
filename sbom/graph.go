package sbom

import (
	"slices"
	"strings"

	"github.com/merlonsec/merlon/report"
)

// connect makes every component reachable from root: what nothing depends on
// hangs below it, and so does one member, the first by ID, of each cycle that
// nothing leads into. Edges are sorted, those to unknown IDs dropped.
func connect(root *report.Component, list []*report.Component) {
	index := make(map[string]int, len(list)+1)
	nodes := append([]*report.Component{root}, list...)
	for i, c := range nodes {
		if _, twice := index[c.ID]; !twice {
			index[c.ID] = i
		}
	}
	edges := make([][]int, len(nodes))
	incoming := make([]int, len(nodes))
	for i, c := range nodes {
		slices.Sort(c.DependsOn)
		c.DependsOn = slices.DeleteFunc(slices.Compact(c.DependsOn), func(id string) bool {
			j, known := index[id]
			if known && j != i {
				edges[index[c.ID]] = append(edges[index[c.ID]], j)
				incoming[j]++
			}
			return !known || id == c.ID
		})
	}
	seen := make([]bool, len(nodes))
	reach := func(from int) {
		todo := []int{from}
		seen[from] = true
		for len(todo) > 0 {
			i := todo[len(todo)-1]
			todo = todo[:len(todo)-1]
			for _, j := range edges[i] {
				if !seen[j] {
					seen[j] = true
					todo = append(todo, j)
				}
			}
		}
	}
	adopt := func(i int) {
		root.DependsOn = append(root.DependsOn, nodes[i].ID)
		reach(i)
	}
	reach(0)
	for i := 1; i < len(nodes); i++ {
		if !seen[i] && incoming[i] == 0 && index[nodes[i].ID] == i {
			adopt(i)
		}
	}
	order := make([]int, 0, len(nodes))
	for i := 1; i < len(nodes); i++ {
		if !seen[i] && index[nodes[i].ID] == i {
			order = append(order, i)
		}
	}
	slices.SortFunc(order, func(a, b int) int { return strings.Compare(nodes[a].ID, nodes[b].ID) })
	for _, i := range order {
		if !seen[i] {
			adopt(i)
		}
	}
	slices.Sort(root.DependsOn)
	root.DependsOn = slices.Compact(root.DependsOn)
}
