#include "gig_base.h"
