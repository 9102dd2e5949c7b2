# Seconds of R's lm on data of the same kind as those of benchmark-regression; best of five.
#
#   Rscript benchmarks/regression/peers.R [rows]

arguments <- commandArgs(trailingOnly = TRUE)
rows <- if (length(arguments) > 0) as.integer(arguments[1]) else 1370000L
set.seed(1)
noise <- function() runif(rows) + runif(rows) + runif(rows) + runif(rows)
data <- as.data.frame(setNames(replicate(7, noise(), simplify = FALSE), paste0("x", 1:7)))
data$y <- noise() + 0.1 * data$x1 - 0.2 * data$x2
data$class <- factor((seq_len(rows) - 1) %% 11)
best <- function(fit) min(replicate(5, system.time(fit())["elapsed"]))
cat(R.version.string, "\n")
cat(sprintf("%d rows, 7 numbers, lm: %.3f s\n", rows, best(function() lm(y ~ x1 + x2 + x3 + x4 + x5 + x6 + x7, data))))
design <- as.matrix(cbind(1, data[paste0("x", 1:7)]))
cat(sprintf("%d rows, 7 numbers, .lm.fit: %.3f s\n", rows, best(function() .lm.fit(design, data$y))))
cat(sprintf("%d rows, 5 numbers, 11 classes, lm: %.3f s\n", rows, best(function() lm(y ~ x1 + x2 + x3 + x4 + x5 + class, data))))
