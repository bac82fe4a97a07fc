// Placeholder of the facade; replaced with the first analyzer.
#pragma once
