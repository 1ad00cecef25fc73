package sbom

import (
	"net/url"
	"strings"

	"github.com/merlonsec/merlon/report"
)

// source says where a package comes from: as a link, and, for what is no
// registry's, as a qualifier of its purl, since an equal name and version may
// then be other code. Passwords in URLs are left out.
func source(c *report.Component, resolved string) map[string]string {
	if resolved == "" || resolved == "false" || strings.HasPrefix(resolved, "file:") {
		return nil
	}
	if repo := gitURL(resolved); repo != "" {
		c.Links = []report.Link{{Kind: "vcs", URL: repo}}
		return map[string]string{"vcs_url": repo}
	}
	u, err := url.Parse(resolved)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" {
		return nil
	}
	u.User, u.RawQuery, u.ForceQuery, u.Fragment = nil, "", false, ""
	c.Links = []report.Link{{Kind: "distribution", URL: u.String()}}
	if strings.Contains(u.Path, "/-/") || strings.Contains(u.Path, "/download/") {
		return nil // how registries lay out their files
	}
	return map[string]string{"download_url": u.String()}
}

// gitURL returns a git specifier of npm (docs.npmjs.com, "npm install") as
// SPDX writes locations, "git+https://host/path@commit", and "" if it is none.
func gitURL(spec string) string {
	for _, host := range [][2]string{{"github:", "github.com"}, {"gitlab:", "gitlab.com"}, {"bitbucket:", "bitbucket.org"}} {
		if rest, ok := strings.CutPrefix(spec, host[0]); ok {
			spec = "git+https://" + host[1] + "/" + rest
		}
	}
	if !strings.HasPrefix(spec, "git+") && !strings.HasPrefix(spec, "git:") {
		return ""
	}
	u, err := url.Parse(spec)
	if err != nil || u.Host == "" {
		return ""
	}
	commit := u.Fragment
	u.Fragment, u.RawFragment = "", ""
	if u.User != nil {
		u.User = url.User(u.User.Username())
		if strings.HasSuffix(u.Scheme, "http") || strings.HasSuffix(u.Scheme, "https") {
			u.User = nil // a token more often than a name
		}
	}
	if commit == "" || strings.HasPrefix(commit, "semver:") {
		return u.String()
	}
	return u.String() + "@" + commit
}
