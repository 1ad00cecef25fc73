package purl

import (
	"fmt"
	"strings"
)

// A rule is what a type's definition asks of its parts.
type rule struct {
	namespace   use
	lower       part   // parts that do not depend on case
	need        string // a qualifier that must be there
	nameLike    func(string) bool
	versionLike func(string) bool
}

type use uint8

const (
	optional use = iota
	required
	prohibited
)

type part uint8

const (
	lowerNamespace part = 1 << iota
	lowerName
	lowerVersion
)

// ruleOf is the table of registered types that have a rule; others have none.
func ruleOf(typ string) rule {
	const both = lowerNamespace | lowerName
	switch typ {
	case "alpm", "apk", "bitbucket", "composer", "deb", "github":
		return rule{namespace: required, lower: both}
	case "bazel", "cargo", "cocoapods", "conda", "cran", "gem", "hackage", "mlflow", "nuget", "opam", "vcpkg":
		return rule{namespace: prohibited}
	case "bitnami", "otp", "pub":
		return rule{namespace: prohibited, lower: lowerName}
	case "brew", "hex", "luarocks":
		return rule{lower: both}
	case "chrome-extension":
		return rule{namespace: prohibited, lower: lowerName, nameLike: extensionID, versionLike: extensionVersion}
	case "cpan":
		return rule{nameLike: func(s string) bool { return !strings.Contains(s, "::") }}
	case "git", "maven", "swift":
		return rule{namespace: required}
	case "huggingface":
		return rule{namespace: required, lower: lowerVersion}
	case "julia":
		return rule{namespace: prohibited, need: "uuid"}
	case "oci":
		return rule{namespace: prohibited, lower: lowerName | lowerVersion}
	case "pypi":
		return rule{namespace: prohibited, lower: lowerName | lowerVersion}
	case "qpkg", "rpm":
		return rule{namespace: required, lower: lowerNamespace}
	case "swid":
		return rule{need: "tag_id"}
	case "vscode-extension":
		return rule{namespace: required, lower: both | lowerVersion}
	case "yocto":
		return rule{lower: lowerNamespace}
	}
	return rule{}
}

func (p *PURL) applyType() error {
	r := ruleOf(p.Type)
	switch {
	case r.namespace == required && p.Namespace == "":
		return fmt.Errorf("purl of type %s without a namespace", p.Type)
	case r.namespace == prohibited && p.Namespace != "":
		return fmt.Errorf("purl of type %s with a namespace", p.Type)
	case r.need != "" && p.Qualifiers[r.need] == "":
		return fmt.Errorf("purl of type %s without qualifier %s", p.Type, r.need)
	}
	if r.lower&lowerNamespace != 0 {
		p.Namespace = strings.ToLower(p.Namespace)
	}
	if r.lower&lowerName != 0 {
		p.Name = strings.ToLower(p.Name)
	}
	if r.lower&lowerVersion != 0 {
		p.Version = strings.ToLower(p.Version)
	}
	switch p.Type {
	case "cpan":
		p.Namespace = strings.ToUpper(p.Namespace)
	case "git":
		if p.Namespace == "github" || p.Namespace == "github.com" {
			p.Name = strings.ToLower(p.Name)
		}
		if p.Name = segments(p.Name, false); p.Name == "" {
			return fmt.Errorf("purl of type git without a path")
		}
	case "mlflow":
		if strings.Contains(p.Qualifiers["repository_url"], "databricks") {
			p.Name = strings.ToLower(p.Name)
		}
	case "pub":
		p.Name = strings.Map(pubRune, p.Name)
	case "pypi":
		p.Name = strings.ReplaceAll(p.Name, "_", "-")
	}
	if r.nameLike != nil && !r.nameLike(p.Name) {
		return fmt.Errorf("purl of type %s with name %q", p.Type, p.Name)
	}
	if r.versionLike != nil && p.Version != "" && !r.versionLike(p.Version) {
		return fmt.Errorf("purl of type %s with version %q", p.Type, p.Version)
	}
	return nil
}

func pubRune(r rune) rune {
	if r < 0x80 && alphanumeric(byte(r)) {
		return r
	}
	return '_'
}

func extensionID(s string) bool { return len(s) == 32 && strings.Trim(s, "abcdefghijklmnop") == "" }

func extensionVersion(s string) bool {
	parts := strings.Split(s, ".")
	for _, n := range parts {
		if n == "" || strings.Trim(n, "0123456789") != "" {
			return false
		}
	}
	return len(parts) <= 4
}
