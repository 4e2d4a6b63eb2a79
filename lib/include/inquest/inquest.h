/* Inquest: offline analysis of core files and address-map listings. This header includes all the others. */
#ifndef INQUEST_INQUEST_H
#define INQUEST_INQUEST_H

#include <inquest/cache.h>
#include <inquest/diff.h>
#include <inquest/heap.h>
#include <inquest/incident.h>
#include <inquest/jvm.h>
#include <inquest/kernel.h>
#include <inquest/render.h>
#include <inquest/report.h>
#include <inquest/signature.h>
#include <inquest/space.h>
#include <inquest/triage.h>
#include <inquest/types.h>

#endif
