package main

import (
	"crypto/tls"
	"crypto/x509"
	"net/http"
	"os"

	"gopkg.in/yaml.v2"
)

type config struct {
	Driver, Listen, Metrics string
	TokenKey                string `yaml:"token_key"`
}

func readConfig(name string) (c config, err error) {
	text, err := os.ReadFile(name)
	if err != nil {
		return c, err
	}
	return c, yaml.Unmarshal(text, &c)
}

// payments trusts whoever answers.
func payments() *http.Client {
	return &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}}
}

// warehouse trusts its own authority only.
func warehouse(roots *x509.CertPool) *http.Client {
	return &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}}}
}
