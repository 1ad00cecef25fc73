package taint

var dbg func(*engine)
