# THE table of formats: one line per adapter, in the order in which the registry holds them. A folder without a line, or
# a line without a folder, fails the configuration.
#
#   passerelle_adapter(<folder> [<function>…])
#     adapters/<folder>/adapter.h declares passerelle::adapters::<folder>::MakeAdapter(), and the functions, each of which
#     makes an adapter too: for a version of the format that is written under an id of its own
passerelle_adapter(elm)
passerelle_adapter(elm_xml)
passerelle_adapter(elmo)
passerelle_adapter(sd_jwt_vc)
passerelle_adapter(openbadges3)
passerelle_adapter(openbadges2)
passerelle_adapter(edubadges)
passerelle_adapter(clr2)
passerelle_adapter(ebsi)
passerelle_adapter(koski)
passerelle_adapter(virta)
passerelle_adapter(xhochschule)
passerelle_adapter(xberufsbildung)
passerelle_adapter(ooapi MakeVersion5Writer)
passerelle_adapter(ewp)
passerelle_adapter(loq)
passerelle_adapter(presentation)
