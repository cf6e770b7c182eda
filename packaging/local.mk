# packaging/: what makes packages of a release; nothing of it is built or installed.

EXTRA_DIST += packaging/build-deb packaging/build-rpm packaging/check-deb \
	packaging/check-reproducible packaging/tarball packaging/debian packaging/py2abi.spec packaging/rpmlintrc
