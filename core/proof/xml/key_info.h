// Certificates that an XML signature carries. They are unsigned: XAdES binds one of them by its digest, otherwise they
// identify nobody.
//
// Thread-safety: a free function; the tree is for one thread.
#pragma once

#include <libxml/tree.h>

#include <string>
#include <vector>

namespace passerelle::proof {

// The decoded X509Certificate elements of the KeyInfo of a signature, at most kCertificatesMax.
std::vector<std::string> KeyInfoCertificates(const xmlNode* signature);

}  // namespace passerelle::proof
