package sast

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/passes/inspect"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/merlonsec/merlon/report"
)

func tlsVerifyRule() report.Rule {
	return report.Rule{
		ID: "sast/tlsverify", Title: "TLS certificates are not verified", URL: home + "tlsverify",
		Kind: report.KindCode, Severity: report.High, Confidence: report.ConfidenceHigh, CWEs: []int{295},
		Help: `With InsecureSkipVerify a TLS client accepts any certificate for any name, so whoever is on the way reads and changes what is sent.

Bad:

	&tls.Config{InsecureSkipVerify: true}

Good, a certificate authority of one's own is trusted in addition:

	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(ca)
	&tls.Config{RootCAs: pool}

A configuration whose VerifyConnection or VerifyPeerCertificate does the verification is not reported, nor one that a condition about an insecure mode turns on, since that is the choice of the program's user. Tests are not looked at.

Ignore it where the peer is identified by other means, and say by which.`,
	}
}

func newTLSVerify(rule report.Rule, _ *analysis.Analyzer) *analysis.Analyzer {
	return newAnalyzer(rule, tlsVerify, inspect.Analyzer)
}

func tlsVerify(pass *analysis.Pass, ps *problems) error {
	if !imports(pass, "crypto/tls") {
		return nil
	}
	in := pass.ResultOf[inspect.Analyzer].(*inspector.Inspector)
	report := func(n ast.Node) {
		ps.add(&problem{Diagnostic: analysis.Diagnostic{Pos: n.Pos(), End: n.End(),
			Message: "InsecureSkipVerify accepts any certificate; trust a certificate authority with RootCAs, or verify in VerifyConnection"}})
	}
	for cur := range in.Root().Preorder((*ast.CompositeLit)(nil), (*ast.AssignStmt)(nil)) {
		if inTest(pass, cur.Node().Pos()) {
			continue
		}
		switch n := cur.Node().(type) {
		case *ast.CompositeLit:
			if !isNamed(pass.TypesInfo.TypeOf(n), "crypto/tls", "Config") {
				continue
			}
			skip := field(n, "InsecureSkipVerify")
			if skip == nil || !isTrue(pass, skip.Value) || verifies(field(n, "VerifyConnection")) || verifies(field(n, "VerifyPeerCertificate")) {
				continue
			}
			if verifiedLater(cur) || chosen(pass, cur) {
				continue
			}
			report(skip)
		case *ast.AssignStmt:
			if len(n.Lhs) != len(n.Rhs) || n.Tok != token.ASSIGN {
				continue
			}
			for i, lhs := range n.Lhs {
				sel, ok := lhs.(*ast.SelectorExpr)
				if ok && sel.Sel.Name == "InsecureSkipVerify" && isNamed(pass.TypesInfo.TypeOf(sel.X), "crypto/tls", "Config") && isTrue(pass, n.Rhs[i]) &&
					!assignsVerifier(enclosingBody(cur), types.ExprString(sel.X)) && !literalVerifies(cur, types.ExprString(sel.X)) && !chosen(pass, cur) {
					report(n)
				}
			}
		}
	}
	return nil
}

// verifies reports whether a field is set to a function that may refuse.
func verifies(kv *ast.KeyValueExpr) bool { return kv != nil && mayRefuse(kv.Value) }

// mayRefuse is false for nil and for a function literal that only returns nil.
func mayRefuse(e ast.Expr) bool {
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		return e.Name != "nil"
	case *ast.FuncLit:
		if len(e.Body.List) != 1 {
			return len(e.Body.List) > 0
		}
		ret, ok := e.Body.List[0].(*ast.ReturnStmt)
		if !ok || len(ret.Results) != 1 {
			return true
		}
		id, ok := ret.Results[0].(*ast.Ident)
		return !ok || id.Name != "nil"
	}
	return true
}

// verifiedLater reports whether the function around a literal sets a verifier
// on what the literal was assigned to.
func verifiedLater(cur inspector.Cursor) bool {
	name := assignedTo(cur)
	return name != "" && assignsVerifier(enclosingBody(cur), name)
}

// assignedTo is the expression that a literal, or its address, is assigned
// to, "" if it is none.
func assignedTo(cur inspector.Cursor) string {
	value := cur.Node()
	parent := cur.Parent()
	if u, ok := parent.Node().(*ast.UnaryExpr); ok && u.Op == token.AND {
		value, parent = u, parent.Parent()
	}
	switch p := parent.Node().(type) {
	case *ast.AssignStmt:
		for i, rhs := range p.Rhs {
			if rhs == value && i < len(p.Lhs) {
				return types.ExprString(p.Lhs[i])
			}
		}
	case *ast.ValueSpec:
		for i, v := range p.Values {
			if v == value && i < len(p.Names) {
				return p.Names[i].Name
			}
		}
	case *ast.KeyValueExpr:
		// t := &http.Transport{TLSClientConfig: &tls.Config{…}}
		if outer, ok := parent.Parent().Node().(*ast.CompositeLit); ok {
			if key, ok := p.Key.(*ast.Ident); ok {
				if name := assignedTo(parent.Parent()); name != "" && outer != nil {
					return name + "." + key.Name
				}
			}
		}
	}
	return ""
}

// enclosingBody is the body of the outermost function around cur.
func enclosingBody(cur inspector.Cursor) *ast.BlockStmt {
	for c := range cur.Enclosing((*ast.FuncDecl)(nil)) {
		return c.Node().(*ast.FuncDecl).Body
	}
	for c := range cur.Enclosing((*ast.FuncLit)(nil)) {
		return c.Node().(*ast.FuncLit).Body
	}
	return nil
}

func assignsVerifier(body *ast.BlockStmt, name string) bool {
	if body == nil {
		return false
	}
	found := false
	ast.Inspect(body, func(n ast.Node) bool {
		as, ok := n.(*ast.AssignStmt)
		if !ok || found {
			return !found
		}
		for i, lhs := range as.Lhs {
			sel, ok := lhs.(*ast.SelectorExpr)
			if ok && (sel.Sel.Name == "VerifyConnection" || sel.Sel.Name == "VerifyPeerCertificate") && types.ExprString(sel.X) == name {
				found = i >= len(as.Rhs) || mayRefuse(as.Rhs[i])
			}
		}
		return !found
	})
	return found
}

// literalVerifies reports whether the function around cur makes name of a
// literal that has a verifier.
func literalVerifies(cur inspector.Cursor, name string) bool {
	body := enclosingBody(cur)
	if body == nil {
		return false
	}
	found := false
	ast.Inspect(body, func(n ast.Node) bool {
		if as, ok := n.(*ast.AssignStmt); ok && len(as.Lhs) == len(as.Rhs) {
			for i, lhs := range as.Lhs {
				rhs := as.Rhs[i]
				if u, ok := rhs.(*ast.UnaryExpr); ok {
					rhs = u.X
				}
				if lit, ok := rhs.(*ast.CompositeLit); ok && types.ExprString(lhs) == name {
					found = found || verifies(field(lit, "VerifyConnection")) || verifies(field(lit, "VerifyPeerCertificate"))
				}
			}
		}
		return !found
	})
	return found
}

// chosen reports whether a condition around cur asks for an insecure mode.
func chosen(pass *analysis.Pass, cur inspector.Cursor) bool {
	for c := range cur.Enclosing((*ast.IfStmt)(nil), (*ast.CaseClause)(nil)) {
		var conds []ast.Expr
		switch n := c.Node().(type) {
		case *ast.IfStmt:
			if n.Body.Pos() > cur.Node().Pos() || cur.Node().Pos() > n.Body.End() {
				continue // in the condition, or in the else branch
			}
			conds = []ast.Expr{n.Cond}
		case *ast.CaseClause:
			conds = n.List
		}
		for _, cond := range conds {
			asks := false
			ast.Inspect(cond, func(n ast.Node) bool {
				id, ok := n.(*ast.Ident)
				if ok && pass.TypesInfo.Types[cond].Value == nil {
					name := strings.ToLower(id.Name)
					asks = asks || strings.Contains(name, "insecure") || strings.Contains(name, "skip") || strings.Contains(name, "verify")
				}
				return !asks
			})
			if asks {
				return true
			}
		}
	}
	return false
}

// field is the element of a literal with this key.
func field(lit *ast.CompositeLit, name string) *ast.KeyValueExpr {
	for _, e := range lit.Elts {
		if kv, ok := e.(*ast.KeyValueExpr); ok {
			if id, ok := kv.Key.(*ast.Ident); ok && id.Name == name {
				return kv
			}
		}
	}
	return nil
}

func isTrue(pass *analysis.Pass, e ast.Expr) bool {
	v := pass.TypesInfo.Types[e].Value
	return v != nil && v.Kind() == constant.Bool && constant.BoolVal(v)
}

// isNamed reports whether t, or what it points at, is the type pkg.name.
func isNamed(t types.Type, pkg, name string) bool {
	if t == nil {
		return false
	}
	if p, ok := types.Unalias(t).(*types.Pointer); ok {
		t = p.Elem()
	}
	n, ok := types.Unalias(t).(*types.Named)
	return ok && n.Obj().Name() == name && n.Obj().Pkg() != nil && n.Obj().Pkg().Path() == pkg
}

// imports reports whether the package imports path.
func imports(pass *analysis.Pass, path string) bool {
	for _, p := range pass.Pkg.Imports() {
		if p.Path() == path {
			return true
		}
	}
	return false
}

func isTestFile(name string) bool { return strings.HasSuffix(name, "_test.go") }
