// Package container reads container images and checks how they are built.
//
// [Open] takes an image as a file or directory: what "docker save" writes, in
// its old form and in that of an OCI layout, and an OCI layout as directory or
// tar. [Image.Target] is the tree that a container would see, as a
// [report.Target], so that every scanner examines an image as it does a
// directory; each finding and component in it is told the layer that brought
// it. [New] returns the scanner for the image's own configuration: user,
// environment, build history.
//
//	img, err := container.Open(ctx, "shop.tar", container.OpenOptions{})
//	if err != nil { … }
//	defer img.Close()
//	rep, err := report.Run(ctx, img.Target(), secretScanner, imageScanner)
//
// Nothing is run, nothing is contacted, and nothing is unpacked as files: each
// layer is read once, and what does not fit in a few megabytes goes to one
// temporary file that [Image.Close] removes. Compression is recognised by
// content (none, gzip, zstd), and the digests of all that is read are compared
// with those that manifest and configuration promise.
//
// A part that cannot be read, such as a layer that is missing, damaged, cut
// off or other than promised, or an entry that climbs out of the tree, takes
// nothing else with it. Reading the root of a tree that lacks something gives
// its entries and an error, so that any scanner reports a gap; [Scanner] reports each part.
//
// Layers are applied as the OCI image specification says (image-spec,
// layer.md): whiteouts and opaque markers concern lower layers only. Links
// never lead out of the tree. Registries, and packages told apart by the layer
// that last changed them, are not here yet.
package container
