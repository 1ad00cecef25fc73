// Package tlsverify has TLS configurations with and without verification.
package tlsverify

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net/http"
)

func bad() *tls.Config {
	return &tls.Config{InsecureSkipVerify: true} // want `InsecureSkipVerify accepts any certificate`
}

func badTransport() *http.Client {
	return &http.Client{Transport: &http.Transport{
		TLSClientConfig: &tls.Config{
			InsecureSkipVerify: true, // want `InsecureSkipVerify`
		},
	}}
}

const insecure = true

func badAssigned(c *tls.Config) {
	c.InsecureSkipVerify = insecure // want `InsecureSkipVerify`
}

func badValue() {
	var c tls.Config
	c.InsecureSkipVerify = true // want `InsecureSkipVerify`
	tls.Dial("tcp", "localhost:443", &c)
}

func badCallback() *tls.Config {
	return &tls.Config{
		InsecureSkipVerify: true, // want `InsecureSkipVerify`
		VerifyPeerCertificate: func([][]byte, [][]*x509.Certificate) error { return nil },
	}
}

func badNil() *tls.Config {
	return &tls.Config{InsecureSkipVerify: true, VerifyConnection: nil} // want `InsecureSkipVerify`
}

func badDefaultTransport() {
	http.DefaultTransport.(*http.Transport).TLSClientConfig = &tls.Config{InsecureSkipVerify: true} // want `InsecureSkipVerify`
}

func badDebug(debug bool, c *tls.Config) {
	if debug {
		c.InsecureSkipVerify = true // want `InsecureSkipVerify`
	}
}

func good(pool *x509.CertPool) *tls.Config {
	return &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}
}

func goodFalse() *tls.Config { return &tls.Config{InsecureSkipVerify: false} }

var errPin = errors.New("wrong key")

func goodConnection(pinned func(*x509.Certificate) bool) *tls.Config {
	return &tls.Config{
		InsecureSkipVerify: true,
		VerifyConnection: func(s tls.ConnectionState) error {
			if !pinned(s.PeerCertificates[0]) {
				return errPin
			}
			return nil
		},
	}
}

func verify([][]byte, [][]*x509.Certificate) error { return errPin }

func goodLater() *tls.Config {
	c := &tls.Config{InsecureSkipVerify: true}
	c.VerifyPeerCertificate = verify
	return c
}

func goodAssigned() *tls.Config {
	c := &tls.Config{VerifyPeerCertificate: verify}
	c.InsecureSkipVerify = true
	return c
}

func goodTransport() *http.Transport {
	t := &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}
	t.TLSClientConfig.VerifyConnection = func(s tls.ConnectionState) error { return errPin }
	return t
}

type options struct{ InsecureSkipVerify, insecure bool }

func goodOption(o options) *tls.Config {
	c := &tls.Config{InsecureSkipVerify: o.InsecureSkipVerify}
	if o.insecure {
		c.InsecureSkipVerify = true
	}
	return c
}

// Another type with a field of this name.
func goodOther() options { return options{InsecureSkipVerify: true} }
