/** `rxjs/operators` out of the one-file build that specs are given (preset.js): six names mean something else there than in `rxjs`. */
module.exports = require('rxjs').operators;
