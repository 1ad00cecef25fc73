package sast

import (
	"go/ast"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/passes/inspect"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/merlonsec/merlon/report"
)

func serverTimeoutsRule() report.Rule {
	return report.Rule{
		ID: "sast/servertimeouts", Title: "HTTP server without a read time-out", URL: home + "servertimeouts",
		Kind: report.KindCode, Severity: report.Medium, Confidence: report.ConfidenceMedium, CWEs: []int{400},
		Help: `A server without ReadHeaderTimeout and ReadTimeout waits for ever for the rest of a request. A client that sends a byte a minute holds a connection and its goroutine; a few thousand of them stop the service.

Bad:

	http.ListenAndServe(":8080", mux)

	srv := &http.Server{Addr: ":8080", Handler: mux}
	srv.ListenAndServe()

Good:

	srv := &http.Server{Addr: ":8080", Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	srv.ListenAndServe()

Servers that this package does not start, and tests, are not reported.

Ignore it where a proxy in front has the time-outs, or where only the machine itself can connect.`,
	}
}

func newServerTimeouts(rule report.Rule, _ *analysis.Analyzer) *analysis.Analyzer {
	return newAnalyzer(rule, serverTimeouts, inspect.Analyzer)
}

func serverTimeouts(pass *analysis.Pass, ps *problems) error {
	if !imports(pass, "net/http") {
		return nil
	}
	in := pass.ResultOf[inspect.Analyzer].(*inspector.Inspector)
	uses := serverUses(pass, in)
	for cur := range in.Root().Preorder((*ast.CompositeLit)(nil), (*ast.CallExpr)(nil)) {
		if inTest(pass, cur.Node().Pos()) {
			continue
		}
		switch n := cur.Node().(type) {
		case *ast.CallExpr:
			if fn := listenFunc(pass, n); fn != "" {
				ps.add(&problem{Diagnostic: analysis.Diagnostic{Pos: n.Pos(), End: n.End(),
					Message:        "http." + fn + " serves without a read time-out, so slow clients can hold all connections; use an http.Server with ReadHeaderTimeout",
					SuggestedFixes: serverFix(pass, n, fn)}})
			}
		case *ast.CompositeLit:
			if !isNamed(pass.TypesInfo.TypeOf(n), "net/http", "Server") || len(n.Elts) > 0 && !keyed(n) || field(n, "ReadHeaderTimeout") != nil || field(n, "ReadTimeout") != nil {
				continue
			}
			if !uses.served(pass, cur) {
				continue
			}
			ps.add(&problem{Diagnostic: analysis.Diagnostic{Pos: n.Pos(), End: n.End(),
				Message:        "http.Server without ReadHeaderTimeout and ReadTimeout: slow clients can hold all connections",
				SuggestedFixes: literalFix(pass, n)}})
		}
	}
	return nil
}

func keyed(lit *ast.CompositeLit) bool {
	_, ok := lit.Elts[0].(*ast.KeyValueExpr)
	return ok
}

// listenFunc is the function of net/http that a call serves with, or "".
func listenFunc(pass *analysis.Pass, call *ast.CallExpr) string {
	sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
	if !ok {
		return ""
	}
	fn, ok := pass.TypesInfo.Uses[sel.Sel].(*types.Func)
	if !ok || fn.Pkg() == nil || fn.Pkg().Path() != "net/http" || fn.Signature().Recv() != nil {
		return ""
	}
	switch fn.Name() {
	case "ListenAndServe", "ListenAndServeTLS", "Serve", "ServeTLS":
		return fn.Name()
	}
	return ""
}

// uses is what a package does with its servers, by variable or field.
type uses struct {
	listens  map[types.Object]bool // a method that serves is called
	timeouts map[types.Object]bool // a read time-out is set
	escapes  map[types.Object]bool // used in another way than by its fields and methods
	any      bool                  // a serving method is called on something that is no variable
}

func serverUses(pass *analysis.Pass, in *inspector.Inspector) *uses {
	u := &uses{map[types.Object]bool{}, map[types.Object]bool{}, map[types.Object]bool{}, false}
	for cur := range in.Root().Preorder((*ast.Ident)(nil)) {
		id := cur.Node().(*ast.Ident)
		obj, ok := pass.TypesInfo.Uses[id].(*types.Var)
		if !ok || !isNamed(obj.Type(), "net/http", "Server") {
			continue
		}
		u.use(obj, cur)
	}
	for cur := range in.Root().Preorder((*ast.SelectorExpr)(nil)) {
		sel := cur.Node().(*ast.SelectorExpr)
		if serving(sel.Sel.Name) && isNamed(pass.TypesInfo.TypeOf(sel.X), "net/http", "Server") && object(pass, sel.X) == nil {
			u.any = true
		}
	}
	return u
}

func serving(name string) bool {
	switch name {
	case "ListenAndServe", "ListenAndServeTLS", "Serve", "ServeTLS":
		return true
	}
	return false
}

// use classifies one mention of a server.
func (u *uses) use(obj types.Object, cur inspector.Cursor) {
	node, parent := cur.Node(), cur.Parent()
	if sel, ok := parent.Node().(*ast.SelectorExpr); ok && sel.Sel == node {
		node, parent = sel, parent.Parent() // x.srv: the mention is the whole
	}
	switch p := parent.Node().(type) {
	case *ast.SelectorExpr:
		if serving(p.Sel.Name) {
			u.listens[obj] = true
		}
		if p.Sel.Name == "ReadHeaderTimeout" || p.Sel.Name == "ReadTimeout" {
			u.timeouts[obj] = true
		}
		return
	case *ast.AssignStmt:
		for _, lhs := range p.Lhs {
			if lhs == node {
				return
			}
		}
	case *ast.KeyValueExpr:
		if p.Key == node {
			return
		}
	case *ast.BinaryExpr:
		return // srv != nil
	}
	u.escapes[obj] = true
}

// served reports whether the server that a literal makes is started, as far
// as the package shows.
func (u *uses) served(pass *analysis.Pass, cur inspector.Cursor) bool {
	value, parent := cur.Node(), cur.Parent()
	for {
		switch p := parent.Node().(type) {
		case *ast.ParenExpr:
			value, parent = p, parent.Parent()
			continue
		case *ast.UnaryExpr:
			value, parent = p, parent.Parent()
			continue
		}
		break
	}
	var obj types.Object
	switch p := parent.Node().(type) {
	case *ast.SelectorExpr: // (&http.Server{…}).ListenAndServe()
		return serving(p.Sel.Name)
	case *ast.AssignStmt:
		for i, rhs := range p.Rhs {
			if rhs == value && i < len(p.Lhs) {
				obj = object(pass, p.Lhs[i])
			}
		}
	case *ast.ValueSpec:
		for i, v := range p.Values {
			if v == value && i < len(p.Names) {
				obj = pass.TypesInfo.Defs[p.Names[i]]
			}
		}
	case *ast.KeyValueExpr:
		if id, ok := p.Key.(*ast.Ident); ok {
			obj = pass.TypesInfo.Uses[id]
		}
		if v, ok := obj.(*types.Var); ok && v.Pkg() != nil && v.Pkg().Path() == "net/http/httptest" {
			return false
		}
	case *ast.ReturnStmt, *ast.CallExpr:
		return u.any || u.someListens()
	}
	if obj == nil || u.timeouts[obj] {
		return false
	}
	return u.listens[obj] || u.escapes[obj] && (u.any || u.someListens())
}

func (u *uses) someListens() bool { return len(u.listens) > 0 }

// object is the variable or field that an expression names.
func object(pass *analysis.Pass, e ast.Expr) types.Object {
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		if o := pass.TypesInfo.Defs[e]; o != nil {
			return o
		}
		return pass.TypesInfo.Uses[e]
	case *ast.SelectorExpr:
		return pass.TypesInfo.Uses[e.Sel]
	}
	return nil
}

const timeoutField = "ReadHeaderTimeout: 10 * "

// literalFix sets the time-out in a literal.
func literalFix(pass *analysis.Pass, lit *ast.CompositeLit) []analysis.SuggestedFix {
	name, edits := importTime(pass, lit.Pos())
	if name == "" {
		return nil
	}
	text := timeoutField + name + ".Second"
	at := lit.Rbrace
	if n := len(lit.Elts); n > 0 {
		at = lit.Elts[n-1].End()
		text = ", " + text
		line := func(p token.Pos) int { return pass.Fset.Position(p).Line }
		if line(lit.Elts[n-1].End()) != line(lit.Rbrace) {
			text = ",\n\t\t" + text[2:]
		}
	}
	edits = append(edits, analysis.TextEdit{Pos: at, End: at, NewText: []byte(text)})
	return []analysis.SuggestedFix{{Message: "Set ReadHeaderTimeout to 10 seconds", TextEdits: edits}}
}

// serverFix replaces http.ListenAndServe and its kin by a server with a time-out.
func serverFix(pass *analysis.Pass, call *ast.CallExpr, fn string) []analysis.SuggestedFix {
	sel := ast.Unparen(call.Fun).(*ast.SelectorExpr)
	pkg, ok := sel.X.(*ast.Ident)
	fields := map[string][]string{
		"ListenAndServe": {"Addr", "Handler"}, "ListenAndServeTLS": {"Addr", "", "", "Handler"},
		"Serve": {"", "Handler"}, "ServeTLS": {"", "Handler", "", ""},
	}[fn]
	if !ok || len(call.Args) != len(fields) || call.Ellipsis.IsValid() {
		return nil
	}
	name, edits := importTime(pass, call.Pos())
	if name == "" {
		return nil
	}
	server, args := "", ""
	for i, f := range fields {
		text, ok := source(pass, call.Args[i])
		if !ok {
			return nil
		}
		switch {
		case f == "Handler" && text == "nil": // the default
		case f != "":
			server += f + ": " + text + ", "
		case args == "":
			args = text
		default:
			args += ", " + text
		}
	}
	text := "(&" + pkg.Name + ".Server{" + server + timeoutField + name + ".Second})." + fn + "(" + args + ")"
	edits = append(edits, analysis.TextEdit{Pos: call.Pos(), End: call.End(), NewText: []byte(text)})
	return []analysis.SuggestedFix{{Message: "Serve with a time-out of 10 seconds for request headers", TextEdits: edits}}
}

// source is the text of an expression.
func source(pass *analysis.Pass, e ast.Expr) (string, bool) {
	p, q := pass.Fset.PositionFor(e.Pos(), false), pass.Fset.PositionFor(e.End(), false)
	text, err := pass.ReadFile(p.Filename)
	if err != nil || q.Offset > len(text) {
		return "", false
	}
	return string(text[p.Offset:q.Offset]), true
}

// importTime is the name of package time in the file at pos, with the edit
// that imports it where it is not; "" if the name is taken.
func importTime(pass *analysis.Pass, pos token.Pos) (string, []analysis.TextEdit) {
	file := fileOf(pass, pos)
	if file == nil {
		return "", nil
	}
	for _, spec := range file.Imports {
		if spec.Path.Value != `"time"` {
			continue
		}
		if spec.Name == nil {
			return "time", nil
		}
		if spec.Name.Name != "_" && spec.Name.Name != "." {
			return spec.Name.Name, nil
		}
	}
	scope := pass.Pkg.Scope().Innermost(pos)
	if scope == nil {
		return "", nil
	}
	if _, obj := scope.LookupParent("time", pos); obj != nil {
		return "", nil
	}
	for _, decl := range file.Decls {
		d, ok := decl.(*ast.GenDecl)
		if !ok || d.Tok != token.IMPORT {
			continue
		}
		if !d.Lparen.IsValid() {
			return "time", []analysis.TextEdit{{Pos: d.Pos(), End: d.Pos(), NewText: []byte("import \"time\"\n")}}
		}
		if len(d.Specs) == 0 {
			continue // import ()
		}
		// In order: before the first path that is greater.
		if spec, ok := d.Specs[0].(*ast.ImportSpec); ok && spec.Path.Value > `"time"` {
			return "time", []analysis.TextEdit{{Pos: spec.Pos(), End: spec.Pos(), NewText: []byte("\"time\"\n\t")}}
		}
		lastStd := d.Lparen + 1
		for _, s := range d.Specs {
			if spec := s.(*ast.ImportSpec); spec.Path.Value < `"time"` && (lastStd == d.Lparen+1 || pass.Fset.Position(spec.Pos()).Line == pass.Fset.Position(lastStd).Line+1) {
				lastStd = spec.End()
			} else {
				break
			}
		}
		return "time", []analysis.TextEdit{{Pos: lastStd, End: lastStd, NewText: []byte("\n\t\"time\"")}}
	}
	return "", nil
}
